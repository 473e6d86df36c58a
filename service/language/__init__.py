"""Which language a question is in, and what the service itself says in it."""
