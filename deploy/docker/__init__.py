"""What containers need: the Dockerfile, the databases' names, and fresh secrets."""
