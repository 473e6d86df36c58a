"""What a question means in its conversation, and what is found for it."""
