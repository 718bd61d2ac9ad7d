"""Access to the matching engine: a queue, a pool cache and round progress."""
