"""Which access labels a client of a dialect holds: those of the key that it sends as its API key."""

from typing import Annotated

from fastapi import Depends

from service.access.needs import Asks


async def client_labels(caller: Asks) -> frozenset[str] | None:
    """None for who may find all. Raises SignInNeeded, KeyInvalid, Forbidden."""
    return caller.labels


ClientLabels = Annotated[frozenset[str] | None, Depends(client_labels)]
