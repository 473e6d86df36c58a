"""Measurements of speed and size that anyone can run again: ``python -m bench.NAME``."""
