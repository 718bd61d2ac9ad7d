"""Who may do what on Kafka, and the command that applies it."""
