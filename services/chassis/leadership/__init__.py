"""Leader election for work that a single process must do."""
