"""Settings that put every rate limit out of reach, for tests and measurements, whose requests come from one address."""

_NAMES = ("RATE_LIMIT", "ANONYMOUS_RATE_LIMIT", "FAILURE_LIMIT", "ADDRESS_LIMIT", "SIGN_UP_LIMIT")
NO_LIMITS = dict.fromkeys(_NAMES, "1000000 per minute")
