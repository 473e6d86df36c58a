"""``/v1/sessions``: conversations that the server keeps."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path

from service.access.needs import Asks
from service.routes.state import State
from service.sessions.access import may_read
from service.sessions.records import Session

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {404: {"description": "No such session, or it is forgotten."}}
SessionId = Annotated[str, Path(max_length=100, description="As it was given when the session was made.")]


@router.post("", status_code=201, responses={409: {"description": "This server keeps no sessions."}})
def create_session(state: State, caller: Asks) -> dict[str, Any]:
    """Begin a conversation. Give its `id` as `session_id` with every question, in place of a history."""
    return _json(state.sessions.create(caller.id))


@router.get("/{session_id}", responses=_PROBLEMS)
def get_session(state: State, session_id: SessionId, caller: Asks) -> dict[str, Any]:
    """The questions and answers so far, oldest first. Whoever has the id may read it; where it was begun with a
    key, that key alone.

    An answer is `withheld` where it is from a document that is gone, or that the caller may not find.
    """
    may = may_read(state.engine.store.catalog, caller.labels, caller.collections)
    return _json(state.sessions.get(session_id, may, caller.id))


@router.delete("/{session_id}", status_code=204, responses=_PROBLEMS)
def delete_session(state: State, session_id: SessionId, caller: Asks) -> None:
    """Forget the conversation."""
    state.sessions.delete(session_id, caller.id)


def _json(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "used_at": session.used_at,
        "turns": [asdict(turn) for turn in session.turns],
    }
