"""Sources into a collection: found, read, split, embedded and written."""
