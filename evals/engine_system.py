"""The engine as a system to be evaluated."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from core.types import Answer, Document, DocumentRef, Turn
from evals.provenance import models
from evals.system import IngestFailure, IngestOutcome
from service.engine import Engine
from service.ingestion.report import FileResult, Silent
from service.settings import Settings

SECRET = re.compile(r"key|token|secret|password", re.IGNORECASE)


class _Counting(Silent):
    """Tells of each file that is through."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self.done = 0

    def settled(self, result: FileResult) -> None:
        self.done += 1
        self._advance(1)


class EngineSystem:
    """One collection of an open engine."""

    def __init__(self, engine: Engine, settings: Settings, collection: str) -> None:
        self._engine = engine
        self._settings = settings
        self._collection = collection

    def ingest(self, files: Sequence[Path], advance: Callable[[int], None]) -> IngestOutcome:
        """Reads the files; the engine tells how many are done."""
        counting = _Counting(advance)
        report = self._engine.ingest(files, self._collection, counting)
        advance(len(files) - counting.done)
        failed = [IngestFailure(uri, str(error), error.code) for uri, error in report.failed]
        return IngestOutcome.of(report.added + report.changed, report.unchanged, failed)

    def documents(self) -> Sequence[DocumentRef]:
        rows = self._engine.documents(self._collection)
        return [DocumentRef(row.id, row.uri, row.title, row.media_type) for row in rows]

    def document(self, document_id: str) -> Document:
        return self._engine.document(document_id, collection=self._collection)

    def ask(self, question: str, history: Sequence[Turn], top_k: int) -> Answer:
        return self._engine.ask(question, collection=self._collection, history=tuple(history), top_k=top_k)

    def description(self) -> Mapping[str, object]:
        return {
            "settings": without_secrets(self._settings.model_dump(mode="json")),
            "model": self._engine.reader_name,
            "models": models(self._settings),
            "index": asdict(self._engine.collection(self._collection)),
        }


@contextmanager
def open_system(settings: Settings, collection: str) -> Iterator[EngineSystem]:
    """Opens the engine on the settings' data folder, and closes it afterwards."""
    with Engine.open(settings) as engine:
        yield EngineSystem(engine, settings, collection)


def without_secrets(values: Mapping[str, object]) -> dict[str, object]:
    """The values, without those whose name says that they are secret: a report is made to be passed on."""
    return {
        name: without_secrets(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if not SECRET.search(name)
    }
