"""What a reader has to know before the figures."""

from collections.abc import Iterator
from dataclasses import dataclass

from evals.metrics.interval import interval
from evals.rows import Row
from evals.run_folder import RecordedRun

FEW = 100
_SYNTHETIC = "synthetic"
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Caution:
    """``grave`` means that the figures are of something else than they seem; ``items`` are the cases."""

    text: str
    grave: bool = False
    items: tuple[str, ...] = ()


def cautions(recorded: RecordedRun) -> Iterator[Caution]:
    rows = recorded.run.rows
    planned = len(recorded.manifest["set"]["ids"])
    if recorded.run.interrupted:
        yield Caution(f"The run was not finished: {len(rows):,} of {planned:,} questions were asked.", grave=True)
    failed = recorded.summary.get("ingest", {}).get("failed", [])
    if unread := [f"{failure['uri']}: {failure['message']}" for failure in failed]:
        documents = "1 document" if len(unread) == 1 else f"{len(unread):,} documents"
        yield Caution(f"{documents} could not be read; questions on them are misses.", True, _cut(unread))
    if errors := [f"{row.question.id}: {row.error.message}" for row in rows if row.error]:
        yield Caution(f"{_questions(len(errors))} failed and {_misses(len(errors))}.", True, _cut(errors))
    if inexact := [row.question.id for row in rows if not all(row.citations_exact)]:
        yield Caution(
            f"Quotes that are not the document's text at their place, in {_questions(len(inexact))}. "
            "This must never be: the index is damaged, or the documents changed since.",
            True,
            _cut(inexact),
        )
    if faults := [f"{row.question.id}: {fault}" for row in rows for fault in row.evidence_faults if fault]:
        pieces = "1 piece" if len(faults) == 1 else f"{len(faults):,} pieces"
        yield Caution(
            f"{pieces} of the set's evidence could not be found in the documents and {_misses(len(faults))}: "
            "correct the set, or check how the documents were read.",
            items=_cut(faults),
        )
    if synthetic := sum(_is_synthetic(row) for row in rows):
        yield Caution(
            f"{_questions(synthetic)} {'was' if synthetic == 1 else 'were'} made from the documents themselves. "
            "Such questions are easier than people's: the figures flatter the system."
        )
    if 0 < len(rows) < FEW:
        low, high = interval(0.5, len(rows))
        yield Caution(
            f"Only {_questions(len(rows))}: a share of a half is known to within {100 * (high - low) / 2:.0f} points "
            "either way, and smaller differences mean nothing."
        )


def _is_synthetic(row: Row) -> bool:
    return row.question.kind == _SYNTHETIC or _SYNTHETIC in row.question.tags


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count:,} questions"


def _misses(count: int) -> str:
    return "counts as a miss" if count == 1 else "count as misses"


def _cut(items: list[str]) -> tuple[str, ...]:
    rest = len(items) - _SHOWN
    return (*items[:_SHOWN], *([f"… and {rest:,} more"] if rest > 0 else []))
