"""What a programme learns from re-solving: what-if, why not, gaps, stability, equity, waits, suggested weights."""
