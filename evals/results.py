"""An evaluation with everything that a report says of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.figures.types import Measured
from evals.gate import GateFailure
from evals.run import Run
from evals.sets.types import QuestionSet
from evals.system import IngestOutcome


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run with what it was a run of.

    ``description`` is the system's own (settings, index). ``collection`` is None for a run in a work folder.
    ``folder`` is where the run was written, None where it was not.
    """

    question_set: QuestionSet
    collection: str | None
    ingest: IngestOutcome
    run: Run
    figures: Mapping[str, Measured]
    failed_gates: tuple[GateFailure, ...]
    description: Mapping[str, object]
    folder: Path | None = None

    @property
    def errors(self) -> int:
        return sum(row.error is not None for row in self.run.rows)

    @property
    def evidence_faults(self) -> list[tuple[str, str]]:
        """(question id, what is wrong) for evidence that could not be found in the ingested documents."""
        return [(row.question.id, fault) for row in self.run.rows for fault in row.evidence_faults if fault]


def as_summary(evaluation: Evaluation) -> dict[str, object]:
    """The counts and figures: what ``--json`` prints, and summary.json holds."""
    rows = evaluation.run.rows
    return {
        "set": evaluation.question_set.name,
        "collection": evaluation.collection,
        "folder": str(evaluation.folder) if evaluation.folder else None,
        "questions": len(evaluation.question_set.questions),
        "asked": len(rows),
        "answered": sum(row.answered for row in rows),
        "refused": sum(row.refused for row in rows),
        "errors": evaluation.errors,
        "interrupted": evaluation.run.interrupted,
        "top_k": evaluation.run.top_k,
        "ingest": {
            "added": evaluation.ingest.added,
            "unchanged": evaluation.ingest.unchanged,
            "failed": [asdict(failure) for failure in evaluation.ingest.failed],
            "skipped": [asdict(failure) for failure in evaluation.ingest.skipped],
        },
        "evidence_faults": [{"question": name, "fault": fault} for name, fault in evaluation.evidence_faults],
        "failed_gates": [str(failure) for failure in evaluation.failed_gates],
        "metrics": {name: figure_json(measured) for name, measured in evaluation.figures.items()},
    }


def figure_json(measured: Measured) -> dict[str, object]:
    return {
        "value": measured.value,
        "n": measured.n,
        "interval": list(measured.interval) if measured.interval else None,
    }
