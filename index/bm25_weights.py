"""What keyword search weighs by, the same in every engine. K1 and B are tantivy's own, which cannot be set there."""

K1 = 1.2
"""How soon more occurrences of a term add nothing more."""
B = 0.75
"""How much a passage's length counts, from 0 to 1."""
CONTEXT_WEIGHT = 0.3
"""A word of the title or the section path says less about a passage than one of its own."""
PHRASE_WEIGHT = 2.0
"""Of terms that stand together in the question, and in the passage."""
