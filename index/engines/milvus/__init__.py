"""Milvus searches what the catalog of a PostgreSQL holds: vectors, and words by sparse vectors of BM25."""
