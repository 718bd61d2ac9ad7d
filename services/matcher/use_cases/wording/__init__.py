"""Sentences for what the engine decided."""
