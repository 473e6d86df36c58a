"""Sources into a collection: found, read, split, embedded and written, one after the other."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from core.errors import Conflict, FootnotedError, ReadError
from index.catalog import Collection
from index.store import Store
from ingest.read import ReadLimits, check_size, content_hash, document_id, read
from ingest.sources import SourceFile, find_sources
from ingest.split import SplitSettings, split
from ingest.sync import gone, is_below


class Failure(NamedTuple):
    """A source that could not be ingested."""

    uri: str
    error: FootnotedError


@dataclass(slots=True)
class IngestReport:
    """What became of a batch. ``notes`` are oddities of sources that are in all the same."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    seconds: float = 0.0
    failed: list[Failure] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: sources done of ``total``, the one at hand, and its passages embedded so far."""

    done: int
    total: int
    name: str
    passages_done: int = 0
    passages: int = 0


OnProgress = Callable[[Progress], None]


class Ingester:
    """Writes sources into the store. One batch at a time in a process; other processes may write beside it."""

    def __init__(self, store: Store, limits: ReadLimits, sizes: SplitSettings) -> None:
        self._store = store
        self._limits = limits
        self._sizes = sizes

    def ingest_paths(
        self,
        paths: Sequence[Path],
        collection_name: str,
        on_progress: OnProgress | None = None,
        *,
        prune: bool = True,
    ) -> IngestReport:
        """Files, and folders with all below them; with ``prune``, what is gone from the folders goes too.

        One bad source never stops the batch. Raises IndexMismatch, InvalidRequest; Conflict when a folder
        that had documents has none at all any more, which is more often a missing disk than a wish.
        """
        began = time.monotonic()
        report = IngestReport()
        collection = self._store.open_collection(collection_name)
        sources: list[SourceFile] = []
        for found in find_sources(paths):
            if isinstance(found, SourceFile):
                sources.append(found)
            else:
                report.failed.append(Failure(*found))
        known = self._store.catalog.known_digests(collection_name)
        missing = _missing(paths, known, {source.uri for source in sources}, report) if prune else []
        for i, source in enumerate(sources):
            if on_progress is not None:
                on_progress(Progress(i, len(sources), source.name))
            step = _step(on_progress, i, len(sources), source.name)
            self._ingest_file(collection, source, known.get(source.uri), report, step)
        if missing:
            report.removed = self._remove_uris(collection_name, missing)
        if report.added or report.changed or report.removed:
            self._store.refresh(collection_name, save=True)
        report.seconds = time.monotonic() - began
        return report

    def ingest_bytes(
        self,
        data: bytes,
        uri: str,
        name: str,
        collection_name: str,
        report: IngestReport,
    ) -> str:
        """One source from memory; gives the document's id. Raises ReadError, IndexMismatch, InvalidRequest."""
        collection = self._store.open_collection(collection_name)
        known = self._store.catalog.digest(collection, uri)
        return self._ingest(collection, data, uri, name, known, report, None)

    def _ingest_file(
        self,
        collection: Collection,
        source: SourceFile,
        known: str | None,
        report: IngestReport,
        step: Callable[[int, int], None] | None,
    ) -> None:
        try:
            check_size(source.path.stat().st_size, source.name, self._limits)
            data = source.path.read_bytes()
            self._ingest(collection, data, source.uri, source.name, known, report, step)
        except ReadError as error:
            report.failed.append(Failure(source.uri, error))
        except OSError as error:
            reason = ReadError(f"{source.name} cannot be read: {error.strerror}.", "Check its permissions.")
            report.failed.append(Failure(source.uri, reason))

    def _ingest(
        self,
        collection: Collection,
        data: bytes,
        uri: str,
        name: str,
        known: str | None,
        report: IngestReport,
        step: Callable[[int, int], None] | None,
    ) -> str:
        digest = content_hash(data)
        if known == digest:
            report.unchanged += 1
            return document_id(uri, digest)
        reading = read(data, uri, name, self._limits)
        passages = split(reading.document, self._store.encoder.count_tokens, self._sizes)
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if step is not None:
                step(done, len(passages))

        self._store.put(collection, reading.document, passages, data, advance)
        if known is None:
            report.added += 1
        else:
            report.changed += 1
        report.passages += len(passages)
        report.notes += [(uri, note) for note in reading.notes]
        return reading.document.id

    def _remove_uris(self, collection_name: str, uris: Iterable[str]) -> int:
        wanted = set(uris)
        rows = self._store.catalog.documents(collection_name)
        return self._store.remove(collection_name, [row.id for row in rows if row.uri in wanted])


def _missing(paths: Sequence[Path], known: Iterable[str], found: set[str], report: IngestReport) -> list[str]:
    """The uris that went from the folders. A folder that cannot be read says nothing of what was in it."""
    missing: list[str] = []
    unreadable = [Path(failure.uri) for failure in report.failed]
    for folder in (path for path in paths if path.is_dir()):
        lost = [uri for uri in gone(known, [folder], found) if not any(is_below(uri, p) for p in unreadable)]
        if lost and not any(is_below(uri, folder) for uri in found):
            raise Conflict(
                f"Nothing to read was found in {folder}, but {len(lost)} documents came from there before.",
                "If they are to be removed, use `footnoted remove`; if a disk is missing, mount it.",
            )
        missing += lost
    return missing


def _step(on_progress: OnProgress | None, done: int, total: int, name: str) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda passages_done, passages: on_progress(Progress(done, total, name, passages_done, passages))
