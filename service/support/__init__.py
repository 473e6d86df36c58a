"""Does a passage say what a sentence says: the check behind every citation of a sentence that a model wrote."""
