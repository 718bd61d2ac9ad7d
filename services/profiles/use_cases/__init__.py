"""One verb per file: load, ask the domain, save, tell."""
