"""The adapters of notifications: its database, letters, links and channels."""
