"""A made question as a line of a set, marked as synthetic in its id, its kind and a field of its own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from evals.sets.types import Evidence, Question

KIND = "synthetic"


@dataclass(frozen=True, slots=True)
class Made:
    """A question with where it comes from. ``round_trip`` is whether the system answered it from its sentence."""

    question: Question
    rule: str
    made_by: str
    round_trip: bool


def question_of(text: str, answer: str | None, document: str, quote: str) -> Question:
    """``answer`` is None for a question that the documents do not answer.

    The id is a hash of the question, so that a set that is made again has the same ids.
    """
    digest = hashlib.sha256(f"{document}\0{quote}\0{text}".encode()).hexdigest()[:12]
    answerable = answer is not None
    return Question(
        id=f"{KIND}-{digest}",
        text=text,
        answerable=answerable,
        answers=(answer,) if answer is not None else (),
        evidence=(Evidence(document, quote),) if answerable else (),
        kind=KIND,
    )


def as_lines(made: Sequence[Made]) -> str:
    """JSON Lines as evals/sets/question_lines.py reads them; it ignores the fields that are only for people."""
    return "".join(json.dumps(_row(one), ensure_ascii=False) + "\n" for one in made)


def _row(made: Made) -> dict[str, object]:
    question = made.question
    return {
        "id": question.id,
        "question": question.text,
        "answerable": question.answerable,
        "answers": list(question.answers),
        "evidence": [{"document": e.document, "quote": e.quote} for e in question.evidence],
        "kind": question.kind,
        "synthetic": True,
        "rule": made.rule,
        "made_by": made.made_by,
        "round_trip": made.round_trip,
    }
