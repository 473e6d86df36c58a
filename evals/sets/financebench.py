"""FinanceBench: questions on filings, with the evidence given as a page (Islam et al. 2023, arXiv 2311.11944).

Trap: its pages count from 0. They become ours, counted from 1, here and nowhere else. The evidence text is that of
another PDF reader, whose table layout no other reader repeats, so the page decides and the text is not kept.
"""

from pathlib import Path

from evals.sets.faults import FaultList, Fields
from evals.sets.rows import SeenIds, rows
from evals.sets.types import Evidence, Question


def is_financebench(row: Fields) -> bool:
    """Whether a row is in this format: one ``answer``, and evidence with a ``text``."""
    evidence = row.values.get("evidence")
    first = evidence[0] if isinstance(evidence, list) and evidence else None
    return "answer" in row.values and isinstance(first, dict) and "text" in first


def read_financebench(text: str, path: Path) -> tuple[Question, ...]:
    """:raises InvalidRequest: with every bad line."""
    faults = FaultList(path)
    seen = SeenIds()
    questions = [_question(row, seen) for row in rows(text, faults)]
    faults.raise_any()
    return tuple(questions)


def _question(row: Fields, seen: SeenIds) -> Question:
    question_id = row.text("id") or ""
    seen.check(row, question_id)
    return Question(
        id=question_id,
        text=row.text("question") or "",
        answerable=True,
        answers=(row.text("answer") or "",),
        evidence=tuple(_evidence(item) for item in row.objects("evidence", required=True)),
        kind=row.text("question_type", required=False),
        place=row.place,
    )


def _evidence(item: Fields) -> Evidence:
    document = item.text("document") or ""
    page_from_0 = item.number("page", least=0, required=True) or 0
    return Evidence(document, page=page_from_0 + 1)
