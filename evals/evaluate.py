"""An evaluation from end to end, of any system: ingest or check the documents, ask, measure, hold to the gates."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from core.errors import InvalidRequest
from evals.figures.catalogue import measure_all
from evals.gate import Gate, failures
from evals.progress import progress_bar
from evals.results import Evaluation, as_summary
from evals.rows import Row
from evals.run import require_documents, run
from evals.run_folder import RunWriter
from evals.sets.types import QuestionSet
from evals.system import IngestOutcome, System

OpenRun = Callable[[Mapping[str, object]], RunWriter]


@dataclass(frozen=True, slots=True)
class How:
    """How to ask and what to do with the rows. ``open_run`` is given the system's description; None writes nothing."""

    top_k: int = 10
    jobs: int = 1
    gates: Sequence[Gate] = ()
    open_run: OpenRun | None = None


def evaluate_files(
    system: System, question_set: QuestionSet, files: Sequence[Path], how: How, console: Console
) -> Evaluation:
    """Ingests the set's documents (those that are known and unchanged cost little) and evaluates on them.

    :raises InvalidRequest: if none of them can be ingested.
    """
    with progress_bar("Documents", len(files), console) as advance:
        outcome = system.ingest(files, advance)
    lost = (*outcome.failed, *outcome.skipped)
    if lost and not outcome.added + outcome.unchanged:
        reasons = "\n".join(f"{failure.uri}: {failure.message}" for failure in lost)
        raise InvalidRequest(f"None of the documents could be ingested.\n{reasons}", "Check the files.")
    return _evaluate(system, question_set, None, outcome, how, console)


def evaluate_collection(
    system: System, question_set: QuestionSet, collection: str, how: How, console: Console
) -> Evaluation:
    """Evaluates on the documents that the system's collection has already.

    :raises NotFound: if it lacks documents that the evidence names.
    """
    require_documents(question_set.questions, system.documents(), collection)
    return _evaluate(system, question_set, collection, IngestOutcome(), how, console)


def _evaluate(
    system: System,
    question_set: QuestionSet,
    collection: str | None,
    outcome: IngestOutcome,
    how: How,
    console: Console,
) -> Evaluation:
    description = system.description()
    with how.open_run(description) if how.open_run else nullcontext() as writer:
        known = writer.known if writer else ()
        with progress_bar("Questions", len(question_set.questions), console) as advance:
            advance(len(known))

            def done(row: Row) -> None:
                if writer:
                    writer.add(row)
                advance(1)

            finished = run(system, question_set.questions, how.top_k, done, jobs=how.jobs, known=known)
        figures = measure_all(finished)
        evaluation = Evaluation(
            question_set=question_set,
            collection=collection,
            ingest=outcome,
            run=finished,
            figures=figures,
            failed_gates=failures(how.gates, figures),
            description=description,
            folder=writer.folder if writer else None,
        )
        if writer and not finished.interrupted:
            writer.finish(as_summary(evaluation))
        return evaluation
