"""The file that a run leaves: everything needed to read it later, or to compare it with another run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from core.types import Answer, Citation, Hit
from evals.figures.types import Measured
from evals.gate import GateFailure
from evals.judge import said
from evals.rows import Row
from evals.run import Run
from evals.sets.types import Evidence, Question, QuestionSet
from evals.system import IngestOutcome

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run with what it was a run of.

    ``description`` is the system's own (settings, index). ``collection`` is None for a run in a work folder.
    """

    question_set: QuestionSet
    collection: str | None
    ingest: IngestOutcome
    run: Run
    figures: Mapping[str, Measured]
    failed_gates: tuple[GateFailure, ...]
    description: Mapping[str, object]

    @property
    def errors(self) -> int:
        return sum(row.error is not None for row in self.run.rows)

    @property
    def evidence_faults(self) -> list[tuple[str, str]]:
        """(question id, what is wrong) for evidence that could not be found in the ingested documents."""
        return [(row.question.id, fault) for row in self.run.rows for fault in row.evidence_faults if fault]


def as_summary(evaluation: Evaluation) -> dict[str, object]:
    """The counts and figures: what ``--json`` prints."""
    rows = evaluation.run.rows
    return {
        "set": evaluation.question_set.name,
        "collection": evaluation.collection,
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
        },
        "evidence_faults": [{"question": name, "fault": fault} for name, fault in evaluation.evidence_faults],
        "failed_gates": [str(failure) for failure in evaluation.failed_gates],
        "metrics": {name: _figure(measured) for name, measured in evaluation.figures.items()},
    }


def as_document(evaluation: Evaluation) -> dict[str, object]:
    """The whole run: what ``--output`` writes."""
    return {
        "format_version": FORMAT_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": {
            "name": evaluation.question_set.name,
            "documents": [document.name for document in evaluation.question_set.documents],
        },
        **evaluation.description,
        "summary": as_summary(evaluation),
        "questions": [_row(row) for row in evaluation.run.rows],
    }


def _figure(measured: Measured) -> dict[str, object]:
    return {
        "value": measured.value,
        "n": measured.n,
        "interval": list(measured.interval) if measured.interval else None,
    }


def _row(row: Row) -> dict[str, object]:
    return {
        "id": row.question.id,
        "question": row.question.text,
        "history": [asdict(turn) for turn in row.question.history],
        "kind": row.question.kind,
        "expected": _expected(row.question),
        "answer": _answer(row.answer) if row.answer else None,
        "citations": _citations(row),
        "hits": [_hit(hit) for hit in row.answer.hits] if row.answer else [],
        "ranks": list(row.evidence_ranks),
        "evidence_faults": [fault for fault in row.evidence_faults if fault],
        "exact_match": row.exact_match,
        "token_f1": row.token_f1,
        "confidence": row.answer.confidence if row.answer else None,
        "latency_ms": round(row.latency_ms, 2),
        "error": asdict(row.error) if row.error else None,
    }


def _expected(question: Question) -> dict[str, object]:
    return {
        "answerable": question.answerable,
        "answers": list(question.answers),
        "evidence": [_evidence(evidence) for evidence in question.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "document": evidence.document,
        "quote": evidence.quote,
        "page": evidence.page,
        "answer": list(evidence.answer) if evidence.answer else None,
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "status": answer.status.value,
        "understood_as": answer.understood_as,
        "text": answer.text,
        "compared": said(answer),
        "model": answer.model,
        "timings_ms": dict(answer.timings_ms),
    }


def _citations(row: Row) -> list[dict[str, object]]:
    if row.answer is None:
        return []
    judged = zip(row.answer.citations, row.citations_on_evidence, row.citations_exact, strict=True)
    return [_citation(citation, on_evidence, exact) for citation, on_evidence, exact in judged]


def _citation(citation: Citation, on_evidence: bool, exact: bool) -> dict[str, object]:
    return {
        "marker": citation.marker,
        "uri": citation.document.uri,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "support": citation.support,
        "on_evidence": on_evidence,
        "exact": exact,
    }


def _hit(hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {
        "uri": passage.document.uri,
        "pages": list(passage.pages) if passage.pages else None,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
