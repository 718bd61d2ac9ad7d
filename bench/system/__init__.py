"""What the benchmark of the pipeline stands on: stacks, single processes and what they use, load, and a bare peer."""
