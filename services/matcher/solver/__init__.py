"""The solver: arrays in, arrays out. It imports nothing else of Cairn, and itself only relatively."""
