"""Passages to hits: the catalog, the encoder, dense and keyword search, fusion."""
