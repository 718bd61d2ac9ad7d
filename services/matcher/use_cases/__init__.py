"""What the matcher does, one verb per file: load, ask, save, tell."""
