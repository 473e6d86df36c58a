"""``/v1/sites/{site}``: the chat on other sites' pages, for strangers without a secret."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.errors import FeedbackOff, OriginNotAllowed
from index.filters.filter import Within
from service.access.needs import public
from service.network_address import client_address
from service.routes.answering import STREAM_DOCS, answer_response
from service.routes.held_labels import NO_LABELS
from service.routes.site_session import SiteId, SiteSession, check_origin
from service.routes.state import ReadyEngine, ServiceState, State
from service.sites.origins import origin_of_browser
from service.sites.records import Site
from service.wire import RatingRequest, SiteAskRequest, SiteSessionRequest

router = APIRouter(prefix="/v1/sites/{site}", tags=["sites"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The page's origin is not on the site's list (`origin_not_allowed`)."},
    404: {"description": "There is no such site (`not_found`)."},
    429: {"description": "Too many requests (`too_many_requests`); `Retry-After` says how many seconds to wait."},
}
_SESSION_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **_PROBLEMS,
    401: {"description": "The token is not good any more (`session_expired`): get a new one."},
}


@router.post("/session", responses=_PROBLEMS, dependencies=public("Pages of the site's origins get its tokens."))
def open_session(request: Request, state: State, site_id: SiteId, opening: SiteSessionRequest) -> dict[str, Any]:
    """A token for a visitor of a page that may use the site, and what the widget shows there."""
    state.limits.count_session(client_address(request.scope))
    site = state.sites.get(site_id)
    given = request.headers.get("origin")
    origin = origin_of_browser(given)
    if origin is None:
        raise OriginNotAllowed(
            f"The origin {given or '(none)'} cannot use a site.", "Serve the page over http or https, not from a file."
        )
    check_origin(request, site, origin)
    return {
        "token": state.tokens.issue(site.id, origin, opening.token),
        "expires_in": state.tokens.lifetime_s,
        "site": _shown(site, state),
    }


@router.post("/ask", responses={**STREAM_DOCS, **_SESSION_PROBLEMS})
async def ask(
    request: Request, visit: SiteSession, engine: ReadyEngine, state: State, asked: SiteAskRequest
) -> Response:
    """As `/v1/ask`, of the site's collection."""
    await run_in_threadpool(state.limits.count_question, visit.session_id, visit.address)  # it may ask a Redis
    collection, turns = visit.site.collection, asked.turns()
    events = engine.ask_events(asked.question, collection, turns, asked.top_k, Within(labels=NO_LABELS))
    events = state.questions.recording(events, collection, turns, visit.session_id)
    return await answer_response(request, events, collection, asked.stream, public=True)


@router.post("/feedback", status_code=204, responses=_SESSION_PROBLEMS)
def give_feedback(visit: SiteSession, state: State, given: RatingRequest) -> None:
    """As `/v1/feedback`, in the name of the session."""
    if not visit.site.look.takes_feedback:
        raise FeedbackOff("This site takes no feedback.", "Its owner can change that.")
    state.questions.rate(given.answer_id, given.rating, given.reason, given.comment, visit.session_id)


def _shown(site: Site, state: ServiceState) -> dict[str, Any]:
    look = site.look
    return {
        "id": site.id,
        "title": look.title or site.name,
        "greeting": look.greeting,
        "suggestions": list(look.suggestions),
        "placeholder": look.placeholder,
        "language": look.language,
        "accent": look.accent,
        "position": look.position.value,
        "takes_feedback": look.takes_feedback and state.questions.keeps,
        "question_limit": state.settings.answer.max_question_chars,
    }
