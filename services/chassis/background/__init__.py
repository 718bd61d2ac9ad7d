"""Loops that run jobs and ticks."""
