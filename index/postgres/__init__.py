"""Databases of a PostgreSQL server: how they are reached, opened, locked, and what can be wrong with them."""
