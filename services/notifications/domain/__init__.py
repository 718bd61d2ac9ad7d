"""The decisions of notifications: which messages an event causes, when each may be sent, lapses or is retried."""
