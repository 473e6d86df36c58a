"""Proof that a deleted text is gone: no file of the data folder holds a stretch of it.

What a document that is still there says too is no remainder. Text inside compressed files is not seen.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, select

from core.errors import NotFound
from index import deleted, schema
from index.traces import WINDOW, Finder, Trace, traces_of
from index.verify.check import Check, Level, Tally
from index.verify.scan import found_in

_OF_THE_INDEX = ("catalog.db", "catalog.db-wal", "index", "originals")
_FAILED_HINT = "Run `footnoted verify --purge`, which writes the index anew without what was deleted, then check again."
_WARNING_HINT = (
    "Outside the index: questions.db quotes what was answered and forgets by itself (questions.keep_days); copies of "
    "the catalog from before an upgrade, uploads and data/evals may be deleted."
)


def of_all(connection: Connection, data_dir: Path) -> list[Check]:
    """Of every deleted document that is remembered."""
    return _checks(connection, data_dir, deleted.all_traces(connection), "deleted texts")


def of_one(connection: Connection, data_dir: Path, wanted: str) -> list[Check]:
    """Of a deleted document, by id, or of a text.

    Raises NotFound for what is neither the id of a remembered document nor a text that is long enough to be told.
    """
    traces = deleted.of_document(connection, wanted) if len(wanted) >= 6 else None
    if traces is None:
        traces = traces_of(wanted)
    if not traces:
        raise NotFound(
            f"{wanted!r} is not the id of a document whose deletion is remembered, and too short for a text.",
            f"Give a text of {WINDOW} letters or more.",
        )
    return _checks(connection, data_dir, dict.fromkeys(traces, wanted[:40]), f"deleted: {wanted[:40]}")


def _checks(connection: Connection, data_dir: Path, traces: Mapping[Trace, str], name: str) -> list[Check]:
    living = _in_documents(connection, list(traces))
    wanted = {trace: document for trace, document in traces.items() if trace not in living}
    inside = Tally(name, "stretches of deleted texts sought in the index", _FAILED_HINT)
    outside = Tally(f"{name}, outside the index", "stretches of deleted texts sought", _WARNING_HINT, Level.WARNING)
    inside.saw(len(wanted))
    outside.saw(len(wanted))
    found = Counter((place, wanted[trace]) for place, trace in (found_in(data_dir, list(wanted)) if wanted else ()))
    for (place, document), times in sorted(found.items()):
        tally = inside if place.parts[0] in _OF_THE_INDEX else outside
        tally.fault(f"{place} holds text of {document} ({times} times)")
    return [inside.check(), outside.check()]


def _in_documents(connection: Connection, traces: list[Trace]) -> set[Trace]:
    finder, found = Finder(traces), set()
    if traces:
        for text in connection.execute(select(schema.documents.c.text).execution_options(yield_per=50)).scalars():
            found |= {trace for _, trace in finder.find(text.encode(errors="surrogatepass"))}
    return found
