"""Which access labels a client of a dialect holds.

Such clients send a key with every call, whether one is needed or not. Unlike at the other routes, the same wrong key
is looked at once only: it is no guess at the operator's token, and must not keep the operator from signing in.
"""

from typing import Annotated

from fastapi import Depends, Request

from service.routes.held_labels import NO_LABELS, held_labels
from service.routes.state import State


def client_labels(request: Request, state: State) -> frozenset[str] | None:
    """None for the operator, who may find all; the operator's token goes as the client's key (``Bearer …``)."""
    key = request.headers.get("authorization")
    if key is not None and state.wrong_keys.has(key):
        return NO_LABELS
    held = held_labels(request, state)
    if key is not None and held is not None:
        state.wrong_keys.add(key)
    return held


ClientLabels = Annotated[frozenset[str] | None, Depends(client_labels)]
