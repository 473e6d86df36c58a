"""Who a request comes from, and what that allows."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_KEY = "footnoted.principal"
_GAVE_KEY = "footnoted.gave_key"


class AccessScope(StrEnum):
    """What a caller may do. None of them implies another."""

    ASK = "ask"
    INGEST = "ingest"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller.

    ``id`` is stable and tells nothing secret: ``key_…`` of an API key, ``operator:NAME``, ``anonymous``.
    ``collections`` and ``labels`` are None for who may see all.
    """

    id: str
    scopes: frozenset[AccessScope]
    collections: frozenset[str] | None = None
    labels: frozenset[str] | None = frozenset()

    def may(self, scope: AccessScope, collection: str | None = None) -> bool:
        """Whether it may do that, in the collection where one is named."""
        return scope in self.scopes and (collection is None or self.sees(collection))

    def sees(self, collection: str) -> bool:
        """Whether the collection is there for it, whatever it may do in it."""
        return self.collections is None or collection in self.collections


NOBODY = Principal("anonymous", frozenset())


def principal_of(scope: MutableMapping[str, Any]) -> Principal:
    """The caller of an ASGI scope; nobody, as long as none was set."""
    found: Principal = scope.get(_KEY, NOBODY)
    return found


def set_principal(scope: MutableMapping[str, Any], principal: Principal) -> None:
    """Once for a request, before the routes."""
    scope[_KEY] = principal


def gave_key(scope: MutableMapping[str, Any]) -> bool:
    """Whether the request came with a key or token, good or not."""
    return _GAVE_KEY in scope


def set_gave_key(scope: MutableMapping[str, Any]) -> None:
    scope[_GAVE_KEY] = True
