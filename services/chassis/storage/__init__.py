"""The database of a service: transactions, and the tables that all services have."""
