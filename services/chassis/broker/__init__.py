"""The message broker: protocols, and their implementations by Kafka and by an embedded log."""
