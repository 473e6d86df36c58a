"""A source's bytes to passages that only lack their vectors. Runs in several threads at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from core.errors import ReadError
from core.stages import stage
from core.types import Document, Finding, Passage
from index.encoder_languages import languages_of
from ingest.quality import assess
from ingest.read import ReadLimits, read
from ingest.signature import signature
from ingest.split import SplitSettings, split
from service.ingestion.report import Stopped

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes to read. ``sha256`` and ``metadata`` are what the next sync compares; ``size`` is the part of its
    source's bytes that it stands for, None where that was not known before."""

    uri: str
    name: str
    data: bytes
    sha256: str
    is_known: bool
    metadata: Mapping[str, str]
    size: int | None
    moved_from: str | None = None
    is_again: bool = False
    """Whether these bytes are in, and are read once more."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document and its passages."""

    item: Item
    document: Document
    passages: list[Passage]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    signature: bytes


class Counter(Protocol):
    """What of an encoder is needed to split and to assess: an Encoder, or its TokenCounter alone."""

    @property
    def name(self) -> str: ...

    @property
    def max_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class Preparer:
    """Reads, splits and assesses with the same limits and sizes for all."""

    def __init__(self, encoder: Counter, limits: ReadLimits, sizes: SplitSettings) -> None:
        self._encoder = encoder
        self._limits = limits
        self._sizes = sizes

    def prepare(self, item: Item, on_progress: Callable[[int, int], None]) -> Prepared | ReadError:
        """The errors of a source are a value, since one that stops nothing is nothing to raise."""
        try:
            with stage("read_source"):
                reading = read(item.data, item.uri, item.name, self._limits, on_progress)
        except Stopped:
            raise
        except ReadError as error:
            return error
        except Exception as error:  # a border: small text formats are parsed in this process, and stop nothing
            log.exception("reader_failed", uri=item.uri)
            return ReadError(f"{item.name} stopped its reader: {error!r}"[:500], "Report this, with the file.")
        document = replace(reading.document, metadata={**reading.document.metadata, **item.metadata})
        with stage("split"):
            passages = split(document, self._encoder.count_tokens, self._sizes)
        counts = self._encoder.count_tokens([passage.text for passage in passages])
        covered = languages_of(self._encoder.name)
        findings = assess(document, passages, counts, reading.findings, covered, self._encoder.max_tokens)
        return Prepared(item, document, passages, reading.notes, findings, signature(document.text))
