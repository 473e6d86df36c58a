"""Bytes to documents to passages, with the exact place of every character."""
