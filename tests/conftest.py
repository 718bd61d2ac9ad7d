"""Hypothesis profiles for all tests, without deadlines: a busy machine must not fail a property test."""

from hypothesis import HealthCheck, settings

settings.register_profile("cairn", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", parent=settings.get_profile("cairn"), max_examples=20)
settings.load_profile("cairn")
