"""A data folder as one file, and back: while it is served, and checked."""
