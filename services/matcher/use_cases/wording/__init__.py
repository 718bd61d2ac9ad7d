"""Sentences about decisions of the engine."""
