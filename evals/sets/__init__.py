"""Question sets: the records, and one loader a format."""
