"""One PostgreSQL searches what its catalog holds: vectors by pgvector, words by an inverted index in tables."""
