"""``/v1/admin/questions``: what was asked lately, and how it was answered."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.types import AnswerStatus
from service.questions.records import AskedQuestion, Rating, Wanted
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import Offset, State
from service.wire import feedback_json, question_json

router = APIRouter(prefix="/v1/admin/questions", tags=["operator"], dependencies=OPERATOR_ONLY)


class Only(StrEnum):
    """Which questions."""

    ALL = "all"
    NOT_FOUND = "not_found"
    DOWN = "down"


@router.get("")
def recent_questions(
    state: State,
    only: Only = Only.ALL,
    collection: Annotated[str | None, Query(description="Only of this collection.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Questions with their answers and feedback, newest first; none where the setting `questions.keep_days` is 0."""
    keep_days = state.settings.questions.keep_days
    if not state.questions.keeps:
        return {"questions": [], "keep_days": keep_days, "more": False}
    wanted = Wanted(
        collection=collection,
        status=AnswerStatus.NOT_FOUND if only is Only.NOT_FOUND else None,
        ratings=(Rating.DOWN,) if only is Only.DOWN else None,
    )
    found = state.questions.questions(wanted, limit + 1, offset)
    return {
        "questions": [_asked_json(question) for question in found[:limit]],
        "keep_days": keep_days,
        "more": len(found) > limit,
    }


def _asked_json(question: AskedQuestion) -> dict[str, Any]:
    return {**question_json(question), "feedback": [feedback_json(given) for given in question.feedback]}
