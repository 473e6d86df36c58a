"""What the service gives, as records. Offsets are Unicode code points of the document's text, end exclusive."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

_R = TypeVar("_R")


def record(kind: type[_R], members: Mapping[str, Any], **more: Any) -> _R:
    """A record of JSON members; those that this version does not know are left out, lists become tuples."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in members.items() if name in known}
    return kind(**{**values, **more})


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of the answer: the document's text at ``[start:end]`` is ``quote``. ``url`` shows it.

    ``language`` is the ISO 639-1 code of the quote, None where it could not be told.
    """

    marker: int
    document_id: str
    title: str
    uri: str
    media_type: str
    page: int | None
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    support: float
    url: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer; ``verdict`` is supported, partly, unsupported or no_claim."""

    text: str
    markers: tuple[int, ...]
    verdict: str
    support: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands. ``language`` is its ISO 639-1 code, None where it could not be told."""

    document_id: str
    title: str
    uri: str
    page: int | None
    last_page: int | None
    section: tuple[str, ...]
    start: int
    end: int
    url: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found; ``text`` is the document's text at ``[start:end]``, and word for word that of ``also_in``."""

    document_id: str
    title: str
    uri: str
    page: int | None
    last_page: int | None
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    score: float
    url: str
    also_in: tuple[Place, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The words that answer the question, inside the citation ``marker``."""

    text: str
    marker: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat model counted; ``cost`` is None where the server has no prices."""

    input_tokens: int
    output_tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know of the answer, such as that the chat model broke off. ``code`` is stable."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is answered, not_found or unclear; ``options`` are questions that an unclear one may have meant.

    ``timings_ms`` are wall-clock milliseconds of each stage.
    """

    id: str
    question: str
    understood_as: str
    status: str
    answer: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    model: str
    timings_ms: Mapping[str, float]
    answer_span: Span | None = None
    usage: Usage | None = None
    notice: Notice | None = None
    clarification: str | None = None
    options: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the documents answer the question."""
        return self.status == "answered"


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a collection."""

    id: str
    title: str
    uri: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Job:
    """Files on their way into a collection; ``status`` is queued, running, done, partial or failed."""

    id: str
    status: str
    members: Mapping[str, Any]

    @property
    def settled(self) -> bool:
        return self.status not in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Started:
    """The search is done."""

    id: str
    understood_as: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer's text, to be appended."""

    text: str


Event = Started | Token | Sentence | Citation | Answer
"""What a stream gives, in order; the whole Answer comes last."""
