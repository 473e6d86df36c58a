"""What reads passages for an answer: the protocol behind which readers can be exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.types import Hit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer the question. Offsets are the document's.

    ``probability`` is the estimate that this sentence answers the question.
    ``answer`` are the words within it that do, where the reader can tell.
    """

    hit: Hit
    start: int
    end: int
    probability: float
    answer: tuple[int, int] | None = None

    @property
    def quote(self) -> str:
        offset = self.hit.passage.start
        return self.hit.passage.text[self.start - offset : self.end - offset]


@dataclass(frozen=True, slots=True)
class Reading:
    """Candidates, best first, and the probability that the passages answer the question at all."""

    candidates: tuple[Candidate, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """A question and what retrieval found for it.

    ``cosines`` holds the dense score of each hit, on the scale of ``index.cosine_scale``. ``frequencies`` are those of
    the question's terms over ``passages`` passages: they tell a telling word from a common one.
    """

    question: str
    hits: Sequence[Hit]
    cosines: Sequence[float]
    frequencies: dict[str, int]
    passages: int


class Reader(Protocol):
    """Finds the sentences that answer a question."""

    @property
    def name(self) -> str:
        """How answers name the model that gave them."""
        ...

    @property
    def default_threshold(self) -> float:
        """The confidence below which it is better to say that nothing was found."""
        ...

    def read(self, task: ReadingTask) -> Reading:
        """No candidates, confidence 0, where there are no hits."""
        ...
