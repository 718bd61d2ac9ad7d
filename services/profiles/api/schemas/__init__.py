"""Schemas of request and response bodies; the domain checks their meaning."""
