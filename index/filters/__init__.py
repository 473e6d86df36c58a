"""Which documents a question may be answered from: a small language, its parser, and its SQL."""
