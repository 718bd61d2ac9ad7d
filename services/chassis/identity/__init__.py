"""Principals, access tokens, signed links and field encryption."""
