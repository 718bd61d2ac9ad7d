"""Apache Kafka behind the broker protocols."""
