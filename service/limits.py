"""How much a request may hold, whatever protocol it comes by."""

from typing import Annotated

from pydantic import AfterValidator, Field

MAX_TURNS = 50
MAX_TURN_CHARS = 20_000
MAX_USER_CHARS = 200
MAX_TOP_K = 50


def has_half_characters(text: str) -> bool:
    """JSON can spell half a character, such as "\\ud800", which neither the database nor an answer can hold."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _whole(text: str) -> str:
    if has_half_characters(text):
        raise ValueError("it has half a character (a surrogate without its other half)")
    return text


Text = Annotated[str, AfterValidator(_whole)]
UserId = Annotated[Text, Field(max_length=MAX_USER_CHARS)]
"""Of whoever asks, as the client names them."""
