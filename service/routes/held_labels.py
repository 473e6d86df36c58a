"""Which access labels a caller holds: who may see all, all; a key, its own; anybody else, none."""

from typing import Annotated

from fastapi import Depends, Request

from service.access.needs import READS_IN_QUERY, VIEWS
from service.access.principal import principal_of
from service.routes.state import CollectionName, State

NO_LABELS: frozenset[str] = frozenset()


async def held_labels(request: Request) -> frozenset[str] | None:
    """None for who may find all."""
    return principal_of(request.scope).labels


HeldLabels = Annotated[frozenset[str] | None, Depends(held_labels)]


def check_may_find(state: State, document_id: str, labels: HeldLabels, collection: CollectionName = "default") -> None:
    """A document that the caller may not find is not there for them. Raises NotFound."""
    state.engine.check_may_find(document_id, collection, labels)


MAY_FIND = [Depends(READS_IN_QUERY), Depends(check_may_find)]
MAY_VIEW = [Depends(VIEWS), Depends(check_may_find)]
