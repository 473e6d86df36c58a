"""What the source page says, a language a file."""
