"""What can be compared without a model: numbers with their units, dates, names, and what turns a sentence round."""
