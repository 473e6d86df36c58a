"""An evaluation from end to end, of any system: ingest or check the documents, ask, measure, hold to the gates."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from core.errors import InvalidRequest
from evals.figures.catalogue import measure_all
from evals.gate import Gate, failures
from evals.progress import progress_bar
from evals.results import Evaluation
from evals.run import require_documents, run
from evals.sets.types import QuestionSet
from evals.system import IngestOutcome, System


def evaluate_files(
    system: System,
    question_set: QuestionSet,
    files: Sequence[Path],
    *,
    top_k: int,
    gates: Sequence[Gate],
    console: Console,
) -> Evaluation:
    """Ingests the set's documents (those that are known and unchanged cost little) and evaluates on them.

    :raises InvalidRequest: if none of them can be ingested.
    """
    with progress_bar("Documents", len(files), console) as advance:
        outcome = system.ingest(files, advance)
    if outcome.failed and not outcome.added + outcome.unchanged:
        reasons = "\n".join(f"{failure.uri}: {failure.message}" for failure in outcome.failed)
        raise InvalidRequest(f"None of the documents could be ingested.\n{reasons}", "Check the files.")
    return _evaluate(system, question_set, None, outcome, top_k, gates, console)


def evaluate_collection(
    system: System,
    question_set: QuestionSet,
    collection: str,
    *,
    top_k: int,
    gates: Sequence[Gate],
    console: Console,
) -> Evaluation:
    """Evaluates on the documents that the system's collection has already.

    :raises NotFound: if it lacks documents that the evidence names.
    """
    require_documents(question_set.questions, system.documents(), collection)
    return _evaluate(system, question_set, collection, IngestOutcome(), top_k, gates, console)


def _evaluate(
    system: System,
    question_set: QuestionSet,
    collection: str | None,
    outcome: IngestOutcome,
    top_k: int,
    gates: Sequence[Gate],
    console: Console,
) -> Evaluation:
    with progress_bar("Questions", len(question_set.questions), console) as advance:
        finished = run(system, question_set.questions, top_k, advance)
    figures = measure_all(finished)
    return Evaluation(
        question_set=question_set,
        collection=collection,
        ingest=outcome,
        run=finished,
        figures=figures,
        failed_gates=failures(gates, figures),
        description=system.description(),
    )
