"""The embedded broker: a durable log in a SQLite file, for a single machine."""
