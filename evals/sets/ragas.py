"""ragas test sets: JSON Lines, a JSON list, or CSV (docs.ragas.io, SingleTurnSample and the test set generator).

``user_input``, ``reference`` and ``reference_contexts``; in versions before 0.2 ``question``, ``ground_truth`` (or
``ground_truths``) and ``contexts``. The contexts are quotes whose source is not told. Where no other documents are
given they become the documents, so that finding them is easier than among the documents they were taken from.

Traps: before 0.2 ``contexts`` of a test set are what the answer is in, and those of a finished run, told by its
``answer``, are what some system found: these are no evidence. And the references are sentences of a model, so exact
match says little.
"""

import ast
import json
from collections.abc import Iterable, Set
from contextlib import suppress

from evals.sets.faults import FaultList, Fields
from evals.sets.rows import SeenIds, content_id
from evals.sets.types import ANY_DOCUMENT, Evidence, Question, SourceFile

OLD = {"ground_truth", "ground_truths"}


def is_ragas(names: Set[str]) -> bool:
    """By the names of a row's fields, or of a table's columns."""
    return "user_input" in names or ("question" in names and bool(OLD & names))


def read_ragas(
    rows: Iterable[Fields], faults: FaultList, *, with_documents: bool
) -> tuple[tuple[Question, ...], tuple[SourceFile, ...]]:
    """The questions, and the documents that the contexts make, if they are wanted.

    :raises InvalidRequest: with every bad row.
    """
    seen = SeenIds()
    names: dict[str, str] = {}
    questions = [_question(row, seen, names if with_documents else None) for row in rows]
    faults.raise_any()
    return tuple(questions), tuple(SourceFile(name, text=text + "\n") for text, name in names.items())


def _question(row: Fields, seen: SeenIds, names: dict[str, str] | None) -> Question:
    new = "user_input" in row.values
    question_id = row.text("id", required=False)
    if question_id is not None:
        seen.check(row, question_id)
    text = row.text("user_input" if new else "question") or ""
    if question_id is None:
        question_id = seen.new(content_id(text))
    if new:
        answers = tuple(text for text in [row.text("reference", required=False)] if text)
    else:
        answers = _texts(row, "ground_truth") or _texts(row, "ground_truths")
    contexts = _texts(row, "reference_contexts" if new else "contexts")
    evidence = tuple(Evidence(_document(context, names), quote=context) for context in contexts)
    if not new and "answer" in row.values:
        evidence = ()
    return Question(
        id=question_id,
        text=text,
        answerable=True if answers or evidence else None,
        answers=answers,
        evidence=evidence,
        kind=row.text("synthesizer_name" if new else "evolution_type", required=False),
        place=row.place,
    )


def _document(context: str, names: dict[str, str] | None) -> str:
    return ANY_DOCUMENT if names is None else names.setdefault(context, f"context-{len(names) + 1}.txt")


def _texts(row: Fields, name: str) -> tuple[str, ...]:
    """A list of texts, or one text; a table's cell may hold a list as JSON or as Python writes it."""
    value = row.values.get(name)
    if isinstance(value, str):
        value = _unpacked(value)
    return tuple(dict.fromkeys(Fields({name: value}, row.place, row.faults).texts(name)))


def _unpacked(cell: str) -> object:
    if cell.startswith("["):
        for read in (json.loads, ast.literal_eval):
            with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                return read(cell)
    return [cell]
