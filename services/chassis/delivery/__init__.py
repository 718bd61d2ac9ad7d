"""Delivery of events: from the outbox to the broker, and from the broker to the handlers."""
