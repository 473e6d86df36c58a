"""Question sets made from the owner's own documents, marked as synthetic everywhere."""
