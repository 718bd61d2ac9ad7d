"""What the matcher does, one verb per file: load, decide, save, publish."""
