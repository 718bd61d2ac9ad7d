"""Files for containers: the Dockerfile, the databases with their accounts, and new secrets."""
