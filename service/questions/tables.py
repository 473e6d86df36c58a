"""The tables of the question log, and its rows as records."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import JSON, Column, Float, ForeignKey, MetaData, RowMapping, String, Table, Text

from core.types import AnswerStatus, Citation, DocumentRef, Turn
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating, Reason

FORMAT_VERSION = 1
NOBODY = ""
"""The person of feedback without a name: part of a key, which NULL cannot be."""

metadata = MetaData()

questions = Table(
    "questions",
    metadata,
    Column("answer_id", String, primary_key=True),
    Column("asked_at", String, nullable=False, index=True),
    Column("collection", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("understood_as", Text, nullable=False),
    Column("history", JSON, nullable=False),
    Column("status", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_words", Text),
    Column("citations", JSON, nullable=False),
    Column("hits", JSON, nullable=False),
    Column("model", String, nullable=False),
    Column("person", String, index=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", ForeignKey("questions.answer_id", ondelete="CASCADE"), primary_key=True),
    Column("person", String, primary_key=True, index=True),
    Column("rating", String, nullable=False),
    Column("reason", String),
    Column("comment", Text),
    Column("given_at", String, nullable=False),
)


def question_row(question: AskedQuestion) -> dict[str, Any]:
    """A question as its table holds it, without the feedback."""
    row = {name: getattr(question, name) for name in questions.c.keys()}  # noqa: SIM118 (not a dict)
    for name in ("history", "citations", "hits"):
        row[name] = [asdict(item) for item in row[name]]
    return {**row, "status": question.status.value}


def to_question(row: RowMapping, given: tuple[Feedback, ...]) -> AskedQuestion:
    """The record of a row."""
    values = {name: row[name] for name in questions.c.keys()}  # noqa: SIM118
    return AskedQuestion(
        **{
            **values,
            "status": AnswerStatus(row["status"]),
            "history": tuple(Turn(**turn) for turn in row["history"]),
            "citations": tuple(_to_citation(citation) for citation in row["citations"]),
            "hits": tuple(NearDocument(**hit) for hit in row["hits"]),
        },
        feedback=given,
    )


def _to_citation(stored: Mapping[str, Any]) -> Citation:
    more = {"document": DocumentRef(**stored["document"]), "section": tuple(stored["section"])}
    return Citation(**{**stored, **more})


def feedback_row(answer_id: str, given: Feedback) -> dict[str, Any]:
    return {
        "answer_id": answer_id,
        "person": given.person or NOBODY,
        "rating": given.rating.value,
        "reason": given.reason and given.reason.value,
        "comment": given.comment,
        "given_at": given.given_at,
    }


def to_feedback(row: RowMapping) -> Feedback:
    reason = Reason(row["reason"]) if row["reason"] else None
    return Feedback(Rating(row["rating"]), reason, row["comment"], row["person"] or None, row["given_at"])
