"""One leader at a time for what must run once."""
