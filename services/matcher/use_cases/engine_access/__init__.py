"""How use cases reach the engine: a queue, a cache of pools, and progress."""
