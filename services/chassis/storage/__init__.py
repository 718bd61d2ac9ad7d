"""The database of a service: transactions, and the tables that every service has."""
