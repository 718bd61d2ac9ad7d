"""A durable log in one SQLite file behind the broker protocols, for one machine."""
