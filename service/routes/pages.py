"""The page for people who ask: the chat at ``/``."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.routes.state import State

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def chat(request: Request, state: State) -> HTMLResponse:
    """The chat page."""
    chosen = state.settings.chat
    context = {
        "title": chosen.title,
        "suggestions": chosen.suggestions,
        "takes_feedback": state.questions.keeps,
        "question_limit": state.settings.answer.max_question_chars,
        "version": state.version,
    }
    return state.templates.TemplateResponse(request, "chat.html", context)
