"""The migrations of the profiles database."""
