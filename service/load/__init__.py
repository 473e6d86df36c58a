"""How much is let in, and how the work is shared out."""
