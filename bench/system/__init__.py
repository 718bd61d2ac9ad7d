"""Parts of the pipeline benchmark: stacks, single processes and their meters, load, and a bare app to compare with."""
