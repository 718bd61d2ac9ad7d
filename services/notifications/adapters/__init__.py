"""How notifications reaches the world: its database, its words, its channels."""
