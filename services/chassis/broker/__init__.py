"""The broker protocols and their two implementations."""
