"""A collection as one file: written, checked and read."""
