"""Does a passage say what a sentence says, where, and if not, why: the protocol and its records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.types import Passage, Verdict
from index.encode import Encoder
from index.encoder_names import MULTILINGUAL


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best supporting stretch of one passage: a sentence, or several that follow one another.

    Offsets are the document's, in code points. ``support`` is in [0, 1].
    """

    passage: Passage
    start: int
    end: int
    support: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a sentence came to.

    ``evidence`` is best first, at most one a passage, only what adds support; empty unless the verdict is SUPPORTED or
    PARTLY. ``fault`` tells why the sentence is not supported: "number", "date", "name", "negation", "unit", "meaning".
    """

    verdict: Verdict
    support: float
    evidence: tuple[Evidence, ...]
    fault: str | None = None


class Checker(Protocol):
    """Checks sentences against passages. Safe from several threads."""

    @property
    def name(self) -> str:
        """What evaluations call it."""
        ...

    def check(self, claim: str, passages: Sequence[Passage]) -> Checked:
        """``claim`` is a sentence of an answer, without markers."""
        ...


def open_checker(encoder: Encoder | None = None) -> Checker:
    """The checker of this installation; what it needs is loaded on first use.

    ``encoder`` finds what a sentence says in passages of another language, if it is the packaged multilingual one:
    how near two sentences have to be was measured with it.
    """
    from service.support.local import LocalChecker

    return LocalChecker(encoder.encode_questions if encoder is not None and encoder.name == MULTILINGUAL else None)
