"""Asks a system every question of a set and judges what comes back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.errors import FootnotedError, NotFound
from core.types import DocumentRef
from evals.evidence import EvidenceLocator, ids_named
from evals.judge import Judge
from evals.rows import AskError, Row
from evals.sets.documents import named_documents
from evals.sets.types import Question
from evals.some_at_a_time import some_at_a_time
from evals.system import System

DOCUMENTS_KEPT = 256
WARM_UP = "What is this about?"


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of the questions that were asked, in the set's order.

    ``top_k`` is how many hits each answer was to bring, ``jobs`` how many questions were asked at a time.
    ``interrupted`` says that the user stopped it, so that there are fewer rows than questions.
    """

    rows: tuple[Row, ...]
    top_k: int
    interrupted: bool = False
    jobs: int = 1


def run(
    system: System,
    questions: Sequence[Question],
    top_k: int,
    done: Callable[[Row], None],
    *,
    jobs: int = 1,
    known: Sequence[Row] = (),
) -> Run:
    """Asks the questions, ``jobs`` at a time; ``done`` is given each row as soon as it is there.

    A question that fails is a row with its error. Ctrl-C ends the run and keeps the rows so far. One question is
    asked beforehand and not timed, so that loading the models does not count as the first answer's latency.
    ``known`` are rows of an earlier run of the same questions, which are not asked again.
    """
    read = lru_cache(DOCUMENTS_KEPT)(system.document)
    judge = Judge(EvidenceLocator(system.documents(), read), read)
    rows = {row.question.id: row for row in known}
    waiting = [question for question in questions if question.id not in rows]
    interrupted = False
    try:
        if waiting:
            _warm_up(system, top_k)
        for row in some_at_a_time(lambda question: _ask(system, judge, question, top_k), waiting, jobs):
            rows[row.question.id] = row
            done(row)
    except KeyboardInterrupt:
        interrupted = True
    return Run(tuple(rows[q.id] for q in questions if q.id in rows), top_k, interrupted, jobs)


def require_documents(questions: Sequence[Question], documents: Sequence[DocumentRef], collection: str) -> None:
    """:raises NotFound: listing the documents that the evidence names and the collection does not have."""
    missing = [name for name in named_documents(questions) if not ids_named(documents, name)]
    if missing:
        raise NotFound(
            f'The collection "{collection}" lacks {len(missing)} of the documents that the evidence names: '
            f"{', '.join(missing)}.",
            "Ingest them, name another collection, or leave --collection out to evaluate in a folder of its own.",
        )


def _warm_up(system: System, top_k: int) -> None:
    try:
        system.ask(WARM_UP, (), top_k)
    except FootnotedError:
        return  # the first question meets the same error, and its row tells


def _ask(system: System, judge: Judge, question: Question, top_k: int) -> Row:
    started = time.perf_counter()
    try:
        answer = system.ask(question.text, question.history, top_k)
        latency = _milliseconds_since(started)
        return judge.judge(question, answer, latency)
    except FootnotedError as error:
        told = AskError(error.code, error.message, error.hint)
        return judge.failed(question, told, _milliseconds_since(started))


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
