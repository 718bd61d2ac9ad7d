"""The loops that run jobs and ticks."""
