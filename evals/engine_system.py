"""The engine as a system to be evaluated."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from core.types import Answer, Document, DocumentRef, Turn
from evals.system import IngestFailure, IngestOutcome
from service.engine import Engine
from service.settings import Settings

INGEST_STEPS = 20
SECRET = re.compile(r"key|token|secret|password", re.IGNORECASE)


class EngineSystem:
    """One collection of an open engine."""

    def __init__(self, engine: Engine, settings: Settings, collection: str) -> None:
        self._engine = engine
        self._settings = settings
        self._collection = collection

    def ingest(self, files: Sequence[Path], advance: Callable[[int], None]) -> IngestOutcome:
        """Reads the files in a few batches: enough to show progress, and few enough to embed well."""
        size = max(1, ceil(len(files) / INGEST_STEPS))
        added = unchanged = 0
        failed: list[IngestFailure] = []
        for start in range(0, len(files), size):
            batch = list(files[start : start + size])
            report = self._engine.ingest(batch, collection=self._collection)
            added += report.added
            unchanged += report.unchanged
            failed.extend(IngestFailure(uri, str(error)) for uri, error in report.failed)
            advance(len(batch))
        return IngestOutcome(added, unchanged, tuple(failed))

    def documents(self) -> Sequence[DocumentRef]:
        rows = self._engine.documents(self._collection)
        return [DocumentRef(row.id, row.uri, row.title, row.media_type) for row in rows]

    def document(self, document_id: str) -> Document:
        return self._engine.document(document_id, collection=self._collection)

    def ask(self, question: str, history: Sequence[Turn], top_k: int) -> Answer:
        return self._engine.ask(question, collection=self._collection, history=tuple(history), top_k=top_k)

    def description(self) -> Mapping[str, object]:
        return {"settings": without_secrets(self._settings.model_dump(mode="json"))}


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
