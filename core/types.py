"""The records that flow from a source to an answer: Document, Passage, Hit, Citation, Answer.

Offsets are Unicode code points, 0-based, end exclusive. Pages are counted from 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class BlockKind(StrEnum):
    """What a stretch of a document's text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A structural unit of a document: ``document.text[start:end]``.

    Blocks are sorted, do not overlap and hold no leading or trailing white space.
    ``level`` is 1 to 6 for headings, else None. ``page`` is None where the format has no pages.
    """

    kind: BlockKind
    start: int
    end: int
    page: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a source that may cost answers, told before the first question.

    ``code`` is a stable name such as ``pages_without_text``, ``message`` a plain sentence on what was found and
    what to do, ``pages`` the pages (from 1) that it concerns, none where it concerns the whole document.
    """

    code: str
    message: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """What names a document to a reader, without its text."""

    id: str
    uri: str
    title: str
    media_type: str


class Signed(NamedTuple):
    """A document with its signature (of ``ingest.signature``), by which others are compared with it."""

    id: str
    uri: str
    title: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed source. ``text`` is final: nothing edits it after ingest.

    ``id`` is a hash of the original bytes and the uri, so the same file at the same place keeps its id.
    ``language`` is an ISO 639-1 code, or None where it could not be told.
    """

    id: str
    uri: str
    title: str
    media_type: str
    language: str | None
    text: str
    blocks: tuple[Block, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.id, self.uri, self.title, self.media_type)

    def page_at(self, position: int) -> int | None:
        """The page that a character is on; None between blocks and where the format has no pages."""
        return next((b.page for b in self.blocks if b.start <= position < b.end), None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable stretch of a document: ``document.text[start:end] == text``.

    ``section`` is the path of headings above the passage, outermost first.
    ``pages`` is the (first, last) page it lies on, or None. ``language`` is the ISO 639-1 code of what it is written
    in, as far as that was told, else its document's.
    """

    id: str
    document: DocumentRef
    section: tuple[str, ...]
    pages: tuple[int, int] | None
    start: int
    end: int
    text: str
    language: str | None = None


class HitSource(StrEnum):
    """Which stage scored a hit."""

    DENSE = "dense"
    KEYWORD = "keyword"
    FUSED = "fused"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. Higher scores are better; lists of hits are sorted, best first.

    ``also_in`` are passages that were found too and say the same in the same words.
    """

    passage: Passage
    score: float
    source: HitSource
    also_in: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """The place that supports an answer: ``document.text[start:end] == quote``, or it does not exist.

    ``marker`` is the number in square brackets, counted from 1. ``support`` is in [0, 1]. ``language`` is the ISO 639-1
    code of what the quote is written in, or None where it could not be told.
    """

    marker: int
    document: DocumentRef
    page: int | None
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    support: float
    language: str | None = None


class Verdict(StrEnum):
    """What a check of a sentence against the passages that it cites came to."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    NO_CLAIM = "no_claim"  # "Here is what I found:": nothing that a source could support


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer. Every marker has a citation; the verdict was checked, never assumed.

    ``support`` is in [0, 1].
    """

    text: str
    markers: tuple[int, ...]
    verdict: Verdict
    support: float

    @property
    def supported(self) -> bool:
        return self.verdict is Verdict.SUPPORTED


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words that answer the question, inside the citation ``marker``; offsets are the document's."""

    text: str
    marker: int
    start: int
    end: int


class AnswerStatus(StrEnum):
    """Abstaining is a value, not an error."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"  # the question fits several things equally: see Answer.clarification


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question back, and the questions that the first one may have meant, each complete in itself."""

    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that whoever asked should know of the answer. ``code`` is a stable name, ``text`` in the
    language of the question where the service has words of it, else English."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat model counted while it wrote an answer.

    ``cost`` is in the currency of the prices in the settings, None without them.
    """

    input_tokens: int
    output_tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got. ``confidence`` is a calibrated probability that the documents answer it.

    ``understood_as`` is the question that was searched for, with the conversation filled in.
    ``timings_ms`` holds the wall-clock milliseconds of each stage. ``notice`` is there where something went otherwise
    than asked, such as that the chat model did not answer and the reader did; ``usage`` where a chat model was asked.
    ``in_view`` are the ids of the documents whose passages a chat model had before it when it wrote the sentences.
    """

    id: str
    question: str
    understood_as: str
    status: AnswerStatus
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    answer_span: AnswerSpan | None
    confidence: float
    model: str
    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float]
    notice: Notice | None = None
    usage: Usage | None = None
    clarification: Clarification | None = None
    in_view: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences in order, each followed by its markers: ``"It was held in Beijing. [1]"``."""
        parts = [" ".join([s.text, *(f"[{m}]" for m in s.markers)]) for s in self.sentences]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation; ``role`` is "user" or "assistant"."""

    role: str
    content: str
