"""Which access labels a caller holds: the operator may find all documents, anybody else those without labels."""

from typing import Annotated

from fastapi import Depends, Request

from core.errors import TooManyRequests
from service.routes.operator_access import is_operator
from service.routes.state import CollectionName, State

NO_LABELS: frozenset[str] = frozenset()


def held_labels(request: Request, state: State) -> frozenset[str] | None:
    """None for who may find all. A wrong token, also once it is no longer looked at, is as good as none."""
    try:
        return None if is_operator(request, state) else NO_LABELS
    except TooManyRequests:
        return NO_LABELS


HeldLabels = Annotated[frozenset[str] | None, Depends(held_labels)]


def check_may_find(state: State, document_id: str, labels: HeldLabels, collection: CollectionName = "default") -> None:
    """A document that the caller may not find is not there for them. Raises NotFound."""
    state.engine.check_may_find(document_id, collection, labels)


MAY_FIND = [Depends(check_may_find)]
