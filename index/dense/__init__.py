"""Nearest passages by their vectors: an immutable base in a FAISS file, and in memory what changed since."""
