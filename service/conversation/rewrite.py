"""What a follow-up means, as a chat model says it, if what it says holds."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

import structlog

from core.errors import FootnotedError
from core.types import Turn
from index.analyse import STOP_WORDS, terms
from service.conversation.english_words import DETERMINERS, FUNCTION_WORDS
from service.conversation.rewrite_prompt import messages

Ask = Callable[[Sequence[tuple[str, str]]], Generator[str, None, None]]
"""Sends messages to a chat model; gives the pieces of its reply, and raises FootnotedError when it is too slow."""

_LONGEST = 400
_WORD = re.compile(r"\w+")
_LABEL = re.compile(r"^(?:(?:rewritten|last)?\s*question\s*:)\s*", re.I)
_MARKS = ("?", "？", "؟", ";")
_FIRST_WORDS = frozenset(
    "who whom whose what when where which why how is are was were do does did has have can could would should will "
    "tell describe explain list compare show give name".split()
)
# What a rewriting puts something in the place of.
_SAYS_LITTLE = STOP_WORDS | {term for word in FUNCTION_WORDS | DETERMINERS for term in terms(word)}
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
    """Whether a rewriting is a question of the same length and words, and has no name and no number that was not said.

    The names and numbers of the question have to be in it, and half of its other telling words.
    """
    if not reply or len(reply) > len(question) + _LONGEST or "\x00" in reply or not _asks(reply, question):
        return False
    said = {word.casefold() for text in (question, *(turn.content for turn in history)) for word in _WORD.findall(text)}
    words = _WORD.findall(reply)
    if not all(word.casefold() in said for i, word in enumerate(words) if _is_fact(word, first=i == 0)):
        return False
    own = {word.casefold() for word in words}
    asked = _WORD.findall(question)
    if not all(
        word.casefold() in own for i, word in enumerate(asked) if _is_fact(word, first=i == 0) and len(word) > 1
    ):
        return False
    telling = set(terms(question)) - _SAYS_LITTLE
    return 2 * len(telling & set(terms(reply))) >= len(telling)


def _asks(reply: str, question: str) -> bool:
    """By its mark or its first word, or by beginning as the question does: "list all pumps"."""
    first = _WORD.findall(reply)[:1]
    if reply.endswith(_MARKS) or first == _WORD.findall(question)[:1]:
        return True
    return bool(first) and first[0].casefold() in _FIRST_WORDS and not question.endswith(_MARKS)


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
