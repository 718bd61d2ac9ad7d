"""Run the whole of Cairn on one machine: the servers it can fetch itself, its processes, one address in front."""
