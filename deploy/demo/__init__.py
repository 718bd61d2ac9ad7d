"""The demonstration: fill a running system with a realistic programme, through the public API only."""
