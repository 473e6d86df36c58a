"""Our own question sets: JSON Lines, one question a line, made to be written by hand.

    {"id": "q1", "question": "When was it held?", "answerable": true, "answers": ["December 27th"],
     "evidence": [{"document": "report.txt", "quote": "was held on December 27th"}],
     "history": [{"question": "What is the report about?", "answer": "A conference."}],
     "rewrite": "When was the conference held?", "kind": "follow-up", "tags": ["dates"]}

Only ``question`` must be there. ``id`` defaults to a hash of the question and its history, so that a set may be
sorted and added to between runs that are compared. Evidence names a document by its file name (or the end of its path)
and has a ``quote``, or a ``page`` counted from 1. ``history`` may also be a list of the earlier questions alone, as in
conversations without answers (TREC CAsT).
"""

from collections.abc import Iterable
from pathlib import Path

from core.types import Turn
from evals.sets.faults import FaultList, Fields
from evals.sets.rows import SeenIds, content_id, rows
from evals.sets.types import Evidence, Question


def read_question_lines(text: str, path: Path) -> tuple[Question, ...]:
    """:raises InvalidRequest: with every bad line."""
    faults = FaultList(path)
    return read_question_rows(rows(text, faults), faults)


def read_question_rows(rows: Iterable[Fields], faults: FaultList) -> tuple[Question, ...]:
    """The same for rows that are read already.

    :raises InvalidRequest: with every bad row.
    """
    seen = SeenIds()
    questions = [read_question(row, seen, tuple(_evidence(item) for item in row.objects("evidence"))) for row in rows]
    faults.raise_any()
    return tuple(questions)


def read_question(row: Fields, seen: SeenIds, evidence: tuple[Evidence, ...]) -> Question:
    """The question of a row whose evidence is read already."""
    question_id = row.text("id", required=False)
    if question_id is not None:
        seen.check(row, question_id)
    text = row.text("question") or ""
    history = _history(row)
    if question_id is None:
        question_id = seen.new(content_id(*(turn.content for turn in history), text))
    answers = row.texts("answers")
    return Question(
        id=question_id,
        text=text,
        answerable=_answerable(row, bool(answers or evidence)),
        answers=answers,
        evidence=evidence,
        history=history,
        kind=row.text("kind", required=False),
        rewrite=row.text("rewrite", required=False),
        tags=row.texts("tags"),
        place=row.place,
    )


def _answerable(row: Fields, has_answer: bool) -> bool | None:
    stated = row.flag("answerable")
    if stated is False and has_answer:
        row.wrong(
            "not answerable, but it has answers or evidence",
            "Set answerable to true, or leave answers and evidence empty.",
        )
    return True if stated is None and has_answer else stated


def _evidence(item: Fields) -> Evidence:
    document = item.text("document") or ""
    quote = item.text("quote", required=False)
    page = item.number("page", least=1)
    if quote is None and page is None:
        item.wrong("no quote and no page", "Evidence has a quote from the document, or a page counted from 1.")
    return Evidence(document, quote, page)


def _history(row: Fields) -> tuple[Turn, ...]:
    value = row.values.get("history")
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(Turn("user", question) for question in row.texts("history"))
    return tuple(turn for item in row.objects("history") for turn in _turns(item))


def _turns(item: Fields) -> tuple[Turn, Turn]:
    return Turn("user", item.text("question") or ""), Turn("assistant", item.text("answer") or "")
