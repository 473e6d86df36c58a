"""What is kept of an API key, and how it is told."""

from dataclasses import dataclass
from typing import Any

from service.access.principal import AccessScope, Principal


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret, of which only ``prefix``, the first characters, is kept in the clear.

    ``collections`` and ``labels`` are None for all. Times are UTC, ISO 8601; ``used_on`` is a day.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[AccessScope]
    collections: frozenset[str] | None
    labels: frozenset[str] | None
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    used_on: str | None = None

    def is_good(self, now: str) -> bool:
        """``now`` as times are kept."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def principal(self) -> Principal:
        return Principal(self.id, self.scopes, self.collections, self.labels)


def key_json(key: ApiKey, now: str) -> dict[str, Any]:
    """``state`` is good, expired or revoked."""
    state = "revoked" if key.revoked_at else "good" if key.is_good(now) else "expired"
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "collections": None if key.collections is None else sorted(key.collections),
        "labels": None if key.labels is None else sorted(key.labels),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "used_on": key.used_on,
        "state": state,
    }
