"""Events out of the outbox and into the handlers."""
