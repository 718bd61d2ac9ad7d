"""Hard rules: who may meet whom, and who has a free place."""
