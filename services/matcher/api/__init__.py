"""The matcher's HTTP door: JSON in, JSON out; who may, and what is answered. It decides nothing."""
