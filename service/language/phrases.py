"""What the service says itself, in the language of whoever asks; English where it has no words of theirs.

The words are in ``phrases.json``. The codes of notices are those of ``service.writing.writer``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.types import Notice, Verdict
from service.language.told import language_of

_WORDS = Path(__file__).parent / "phrases.json"
_DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. ``notices`` are by code; English has none, since the service's own are in English."""

    not_found: str
    taken_back: str
    partly: str
    unsupported: str
    which_one: str
    notices: Mapping[str, str]


@cache
def all_phrases() -> Mapping[str, Phrases]:
    """By ISO 639-1 code."""
    stored = json.loads(_WORDS.read_text(encoding="utf-8"))
    return {language: Phrases(**words) for language, words in stored.items()}


def phrases_for(question: str) -> Phrases:
    """In the language of a question."""
    known = all_phrases()
    return known.get(language_of(question) or _DEFAULT, known[_DEFAULT])


def refusals() -> tuple[str, ...]:
    """ "The documents do not say." in every language."""
    return tuple(phrases.not_found for phrases in all_phrases().values())


def told(notice: Notice, question: str) -> Notice:
    """The notice with its text in the language of the question."""
    return Notice(notice.code, phrases_for(question).notices.get(notice.code, notice.text))


def mark(verdict: Verdict, question: str) -> str:
    """What stands after a sentence that its sources do not wholly support; empty after others."""
    phrases = phrases_for(question)
    text = {Verdict.PARTLY: phrases.partly, Verdict.UNSUPPORTED: phrases.unsupported}.get(verdict)
    return f"[{text}]" if text else ""
