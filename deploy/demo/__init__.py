"""The demonstration: a realistic programme that fills a running system through the public API alone."""
