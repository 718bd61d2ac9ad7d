"""The words the services say to each other: events, topics, vocabularies. All that one service may know of another."""
