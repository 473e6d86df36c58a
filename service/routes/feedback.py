"""``/v1/feedback``: thumbs on answers, given and read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from core.errors import Forbidden, NotFound
from service.access.needs import Asks, Needs
from service.access.principal import NOBODY, AccessScope, Principal
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
def give_feedback(state: State, caller: Asks, given: FeedbackRequest) -> None:
    """Rate an answer; what the same user said of it before is replaced, or with `null` withdrawn."""
    state.questions.rate(given.answer_id, given.rating, given.reason, given.comment, given.user, caller.collections)


@router.get("", responses=_PROBLEMS)
def list_feedback(
    state: State,
    caller: Annotated[Principal, Depends(Needs(AccessScope.ADMIN, AccessScope.ASK))],
    rating: Annotated[Rating | None, Query(description="Only thumbs up, or down.")] = None,
    collection: Annotated[str | None, Query(description="Only of this collection.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """What people thought of answers, with the questions and answers, newest first.

    For who may administer; with the setting `questions.over_http` also for callers without a key, where they may ask.
    `footnoted questions list` shows the same.
    """
    if not caller.may(AccessScope.ADMIN) and caller.id != NOBODY.id:
        raise Forbidden("What others asked is not shown to you.", "It takes the scope admin.")
    if not caller.may(AccessScope.ADMIN) and not state.settings.questions.over_http:
        raise NotFound(
            "This server does not show what was asked.",
            "Use `footnoted questions list` on its machine, or set questions.over_http where nobody else reaches it.",
        )
    found, total = state.questions.feedback(rating, collection, limit, offset)
    both = [{**feedback_json(given), "question": question_json(question)} for question, given in found]
    return {"feedback": both, "total": total}
