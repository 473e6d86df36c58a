"""How the shipped reader was trained. Not part of the wheel."""
