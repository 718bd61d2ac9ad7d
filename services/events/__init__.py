"""The contract between the services: events, topics, vocabularies. Services share nothing else of each other."""
