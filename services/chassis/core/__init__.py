"""Errors, the clock, back-off and the circuit breaker: the lowest layer, which every other layer may use."""
