"""The words that every other package speaks: types and errors, nothing else."""
