"""How the database of profiles came to be, revision by revision."""
