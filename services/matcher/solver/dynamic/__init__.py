"""An optimal assignment that is kept optimal while people come and go."""
