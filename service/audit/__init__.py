"""Who did what to the service: an append-only log of administrative acts."""
