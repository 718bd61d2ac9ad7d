"""Documents generated from code, so that they always agree with it."""
