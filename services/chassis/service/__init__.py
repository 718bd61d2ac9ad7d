"""A service as a set of processes: settings, roles, start, health and stop."""
