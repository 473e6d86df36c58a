"""``/v1/feedback``: thumbs on answers, given and read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.errors import NotFound
from service.questions.records import Rating
from service.routes.state import Offset, State
from service.wire import FeedbackRequest, feedback_json, question_json

router = APIRouter(prefix="/v1/feedback", tags=["feedback"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    409: {"description": "This server keeps no questions (`feedback_off`)."},
}


@router.post(
    "", status_code=204, responses={**_PROBLEMS, 404: {"description": "No such answer, or it is not kept any more."}}
)
def give_feedback(state: State, given: FeedbackRequest) -> None:
    """Rate an answer; what the same user said of it before is replaced, or with `null` withdrawn."""
    state.questions.rate(given.answer_id, given.rating, given.reason, given.comment, given.user)


@router.get("", responses=_PROBLEMS)
def list_feedback(
    state: State,
    rating: Annotated[Rating | None, Query(description="Only thumbs up, or down.")] = None,
    collection: Annotated[str | None, Query(description="Only of this collection.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """What people thought of answers, with the questions and answers, newest first.

    Off unless the setting `questions.over_http` is on; `footnoted questions list` shows the same.
    """
    if not state.settings.questions.over_http:
        raise NotFound(
            "This server does not show what was asked.",
            "Use `footnoted questions list` on its machine, or set questions.over_http where nobody else reaches it.",
        )
    found, total = state.questions.feedback(rating, collection, limit, offset)
    both = [{**feedback_json(given), "question": question_json(question)} for question, given in found]
    return {"feedback": both, "total": total}
