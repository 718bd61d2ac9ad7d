"""The use cases of profiles, one verb per file: load, ask the domain, save, publish."""
