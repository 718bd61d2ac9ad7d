"""Errors, the clock and back-off: what every other room of the chassis may use."""
