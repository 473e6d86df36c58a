"""What the dialects share around a question: its addresses, and its whole answer."""

from collections.abc import Iterator, Sequence

from fastapi import Request

from service.answer.events import Event
from service.dialects.answer_text import settled
from service.dialects.links import Links
from service.routes.state import ServiceState
from service.streaming import whole


def links_of(request: Request, state: ServiceState, collection: str) -> Links:
    """At the public address of the settings, or else where the request came to."""
    return Links(state.settings.server.public_url or str(request.base_url), collection)


async def whole_answer(events: Iterator[Event], request: Request) -> Sequence[Event]:
    """All events, the whole answer last; what was taken back is not among them.

    Raises ClientGone where the client left before the end.
    """
    return settled(await whole(events, request))
