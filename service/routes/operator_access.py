"""Who may use the operator's pages and their API."""

from typing import Annotated

from fastapi import Depends, Request

from service.access.needs import ADMINISTERS
from service.access.principal import AccessScope, principal_of

OPERATOR_ONLY = [Depends(ADMINISTERS)]


def is_operator(request: Request) -> bool:
    """Whether the caller may administer."""
    return principal_of(request.scope).may(AccessScope.ADMIN)


IsOperator = Annotated[bool, Depends(is_operator)]
