"""The decisions of the matcher, as pure values and functions: no framework, no clock, no store."""
