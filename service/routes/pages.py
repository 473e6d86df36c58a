"""The page for people who ask: the chat at ``/``."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.access.access import KEY_COOKIE
from service.access.needs import public
from service.access.principal import AccessScope, principal_of
from service.routes.state import State

router = APIRouter(include_in_schema=False)
_NOT_STORED = {"Cache-Control": "no-store"}  # who may ask changes by signing in


@router.get("/", response_class=HTMLResponse, dependencies=public("It asks for a key where one is needed."))
def chat(request: Request, state: State) -> HTMLResponse:
    """The chat page; where the caller may not ask, the page that takes a key."""
    chosen, caller = state.settings.chat, principal_of(request.scope)
    if AccessScope.ASK not in caller.scopes:
        asked = {"title": chosen.title, "version": state.version}
        return state.templates.TemplateResponse(request, "sign_in.html", asked, headers=_NOT_STORED)
    context = {
        "title": chosen.title,
        "suggestions": chosen.suggestions,
        "takes_feedback": state.questions.keeps,
        "question_limit": state.settings.answer.max_question_chars,
        "version": state.version,
        "may_ingest": AccessScope.INGEST in caller.scopes,
        "by_key": KEY_COOKIE in request.cookies,
    }
    return state.templates.TemplateResponse(request, "chat.html", context, headers=_NOT_STORED)
