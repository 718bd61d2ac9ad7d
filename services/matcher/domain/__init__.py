"""What the matcher decides, as pure values and functions: no framework, no clock, no store."""
