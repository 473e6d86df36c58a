"""Two pipelines from files to a searchable index, in the same shape, so that they can be timed side by side."""
