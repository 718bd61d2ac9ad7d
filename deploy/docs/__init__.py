"""The documents that are made from code, so that they cannot say anything else than the code does."""
