"""The use cases of notifications, one verb per file: load, ask the domain, save, publish."""
