"""Every figure of an evaluation: its name, what it means, how it is folded from the rows of a run."""
