"""A text taken apart for the check: its words, numbers and dates; and a passage as its sentences."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from core.types import Passage
from service.answer.sentences import sentences
from service.language.told import language_of
from service.support.facts import dates, numbers
from service.support.words import Word, comparable, words

_LONGEST = 4_000  # characters of a sentence that are read: a table without line ends is one, too
_CACHED_PASSAGES = 500


@dataclass(frozen=True, slots=True)
class Analysed:
    """A sentence, or several as one: ``text`` is the comparable form, ``figures`` the same in figures."""

    text: str
    figures: str
    words: tuple[Word, ...]
    stems: frozenset[str]
    dates: tuple[dates.Date, ...]
    numbers: tuple[numbers.Quantity, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; offsets are the passage's."""

    start: int
    end: int
    said: Analysed


@dataclass(frozen=True, slots=True)
class Read:
    """A passage as it was read; ``around`` are the words of its document's title and of its headings.

    ``language`` is its ISO 639-1 code, None where it could not be told.
    """

    passage: Passage
    sentences: tuple[Sentence, ...]
    around: tuple[Word, ...]
    language: str | None


def analyse(text: str, language: str | None = None) -> Analysed:
    """Takes a text apart; of a very long one, its first 4,000 characters.

    ``language`` (ISO 639-1) says how its numbers are spelled; where it is not known, as in English.
    """
    same = comparable(text)
    figures = numbers.in_figures(same[:_LONGEST], language or "en")
    found = dates.dates(figures)
    taken = [(date.start, date.end) for date in found]
    own = words(figures, language)
    return Analysed(
        same, figures, own, frozenset(w.stem for w in own), tuple(found), tuple(numbers.quantities(figures, taken))
    )


def together(parts: Iterable[Analysed]) -> Analysed:
    """Several sentences as one."""
    parts = list(parts)
    own = tuple(word for part in parts for word in part.words)
    return Analysed(
        " ".join(part.text for part in parts),
        " ".join(part.figures for part in parts),
        own,
        frozenset(word.stem for word in own),
        tuple(date for part in parts for date in part.dates),
        tuple(number for part in parts for number in part.numbers),
    )


class Passages:
    """Reads passages, and keeps the last ones: an answer's sentences are checked against the same few."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Passage, Read] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, passage: Passage) -> Read:
        with self._lock:
            kept = self._kept.get(passage)
            if kept is not None:
                self._kept.move_to_end(passage)
                return kept
        read = _read(passage)
        with self._lock:
            self._kept[passage] = read
            if len(self._kept) > _CACHED_PASSAGES:
                self._kept.popitem(last=False)
        return read


def _read(passage: Passage) -> Read:
    language = passage.language or language_of(passage.text)
    found = tuple(
        Sentence(start, end, analyse(passage.text[start:end], language)) for start, end in sentences(passage.text)
    )
    return Read(passage, found, words(comparable(" ".join([passage.document.title, *passage.section]))), language)
