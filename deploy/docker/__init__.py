"""Files for containers: the Dockerfile, the names of the databases, and new secrets."""
