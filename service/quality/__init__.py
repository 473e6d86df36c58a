"""What may cost answers, told of documents and collections before the first question."""
