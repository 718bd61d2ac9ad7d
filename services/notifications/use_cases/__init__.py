"""The verbs of notifications: each loads, asks the domain, saves and tells."""
