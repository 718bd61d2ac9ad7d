"""How long tests wait for what must happen."""

PATIENCE = 120.0
"""Seconds, long enough for a machine that is busy with much else: only a test that fails waits this long."""
