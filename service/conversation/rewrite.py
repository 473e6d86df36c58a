"""What a follow-up means, as a chat model says it, if what it says holds."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

import structlog

from core.errors import FootnotedError
from core.types import Turn
from service.conversation.rewrite_prompt import messages

Ask = Callable[[Sequence[tuple[str, str]]], Generator[str, None, None]]
"""Sends messages to a chat model; gives the pieces of its reply, and raises FootnotedError when it is too slow."""

_LONGEST = 400
_WORD = re.compile(r"\w+")
_LABEL = re.compile(r"^(?:(?:rewritten|last)?\s*question\s*:)\s*", re.I)
log = structlog.get_logger("footnoted")


def rewritten(question: str, history: Sequence[Turn], ask: Ask) -> str | None:
    """The question as the model understands it; None where it fails, or says what nobody said."""
    try:
        with closing(ask(messages(question, history))) as pieces:
            reply = _first_line(pieces)
    except FootnotedError as error:
        log.warning("not_rewritten", code=error.code, message=error.message)
        return None
    return reply if holds(reply, question, history) else None


def holds(reply: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether a rewriting is of a question's length, and has no name and no number that was not said before."""
    if not reply or len(reply) > len(question) + _LONGEST or "\x00" in reply:
        return False
    said = {word.casefold() for text in (question, *(turn.content for turn in history)) for word in _WORD.findall(text)}
    words = _WORD.findall(reply)
    return all(word.casefold() in said for i, word in enumerate(words) if _is_fact(word, first=i == 0))


def _is_fact(word: str, *, first: bool) -> bool:
    """A name or a number; the first word is capital anyway. Scripts without capitals are taken at their word."""
    return any(character.isdigit() for character in word) or (word[0].isupper() and not first)


def _first_line(pieces: Iterator[str]) -> str:
    """Nothing beyond it is waited for."""
    text = ""
    for piece in pieces:
        text += piece
        if "\n" in text.strip() or len(text) > 4 * _LONGEST:
            break
    line = text.strip().partition("\n")[0]
    return _LABEL.sub("", " ".join(line.split())).strip("\"“”'")
