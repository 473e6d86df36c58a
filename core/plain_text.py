"""Other people's words, made safe to print and to write."""

import unicodedata


def printable(text: str) -> str:
    """Without control characters, which a terminal would obey, and with half characters replaced, which no file holds.

    Line feeds and tabs stay.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")
