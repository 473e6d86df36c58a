"""What was asked and what people thought of the answers: kept for a while, in a database of its own."""
