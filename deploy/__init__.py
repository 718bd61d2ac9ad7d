"""How Cairn is put somewhere: the local runner, the demonstration, the documents made from code."""
