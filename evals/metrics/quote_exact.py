"""Quote exactness: is the quote what the document says at that place?"""


def quote_exact(text: str, start: int, end: int, quote: str) -> float:
    """1 if ``text[start:end]`` is the quote, character by character, else 0.

    Trap: offsets outside the text are wrong even where Python's slices would forgive them.
    """
    return float(0 <= start < end <= len(text) and text[start:end] == quote)
