"""How Cairn is started: on one machine (local), and on the way to many."""
