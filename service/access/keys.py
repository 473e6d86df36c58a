"""API keys in ``access.db``: made, listed, revoked and rotated. What one process changes, another reads."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, InvalidRequest, NotFound
from index.collections import check_name
from index.schema import folded, read, write
from service.access.principal import AccessScope
from service.access.records import ApiKey
from service.access.tables import AccessFile, secrets_of_keys
from service.access.tables import keys as table
from service.timestamps import timestamp, utc_now

PREFIX = "fn_"
_SECRET_BYTES = 32
_ID_BYTES = 9
_SHOWN = 8  # characters of a secret that lists show
_MOST_NAME_CHARS = 100
_MOST_LIMITS = 100
_k, _s = table.c, secrets_of_keys.c


def digest_of(secret: str) -> str:
    """By which a secret is looked up: 256 random bits need no slow hash, and none can be guessed by the time."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Keys:
    """Whatever changes a key is one transaction. The file is made by the first write."""

    def __init__(self, file: AccessFile, now: Callable[[], datetime] = utc_now) -> None:
        self._file = file
        self._now = now

    def create(
        self,
        name: str,
        scopes: Collection[AccessScope],
        *,
        collections: Collection[str] | None = None,
        labels: Collection[str] = (),
        expires: timedelta | None = None,
    ) -> tuple[ApiKey, str]:
        """The key and its secret, which is kept nowhere. ``expires`` is from now on; None is never.

        A key for ``admin`` may see all. Raises InvalidRequest; Conflict when another has the name.
        """
        name = _checked_name(name)
        allowed = frozenset(scopes)
        if not allowed:
            raise InvalidRequest("A key has to be allowed something.", f"Name a scope: {', '.join(AccessScope)}.")
        if AccessScope.ADMIN in allowed and (collections is not None or labels):
            raise InvalidRequest(
                "A key for admin sees every collection and document.", "Leave out its collections and labels."
            )
        if expires is not None and expires <= timedelta():
            raise InvalidRequest("A key cannot expire before it is made.", "Give a time to come.")
        for collection in collections or ():
            check_name(collection)
        if (collections is not None and not 0 < len(collections) <= _MOST_LIMITS) or len(labels) > _MOST_LIMITS:
            raise InvalidRequest(f"A key has 1 to {_MOST_LIMITS} collections and labels.", "Leave them out for all.")
        now, secret = self._now(), _new_secret()
        key = ApiKey(
            f"key_{secrets.token_urlsafe(_ID_BYTES)}",
            name,
            secret[:_SHOWN],
            allowed,
            None if collections is None else frozenset(collections),
            None if AccessScope.ADMIN in allowed else frozenset(labels),
            timestamp(now),
            None if expires is None else timestamp(_later(now, expires)),
        )
        with write(self._file.for_writing().opened()) as connection:
            try:
                connection.execute(insert(table).values(_row(key)))
            except IntegrityError as error:
                raise Conflict(
                    f"There is a key {name!r} already.", "Choose another name, or rotate that key."
                ) from error
            connection.execute(insert(secrets_of_keys).values(_secret_row(key.id, secret, now)))
        return key, secret

    def all(self) -> list[ApiKey]:
        """By name, also those that are not good any more."""
        if not self._file.exists():
            return []
        with read(self._file.opened()) as connection:
            return _found(connection)

    def ever_made(self) -> bool:
        """Whether there was a key at any time: those that expired or were revoked are kept."""
        if not self._file.exists():
            return False
        with read(self._file.opened()) as connection:
            return connection.execute(select(_k.id).limit(1)).first() is not None

    def find(self, name_or_id: str) -> ApiKey:
        """By its id, or by its name in any case. Raises NotFound."""
        wanted = " ".join(name_or_id.split()).casefold()
        for key in self.all():
            if name_or_id == key.id or wanted == key.name.casefold():
                return key
        raise NotFound(f"There is no key {name_or_id!r}.", "`footnoted keys list` shows them.")

    def revoke(self, key_id: str) -> ApiKey:
        """It is good for nothing from now on, with all its secrets. Raises NotFound."""
        self.find(key_id)
        with write(self._file.for_writing().opened()) as connection:
            ended = update(table).where(_k.id == key_id, _k.revoked_at.is_(None))
            connection.execute(ended.values(revoked_at=timestamp(self._now())))
            connection.execute(delete(secrets_of_keys).where(_s.key_id == key_id))
        return self.find(key_id)

    def rotate(self, key_id: str, overlap: timedelta = timedelta()) -> tuple[ApiKey, str]:
        """A new secret; the one before is good for ``overlap`` more, any older one is not.

        Raises NotFound; Conflict for a key that is revoked or expired; InvalidRequest.
        """
        if overlap < timedelta():
            raise InvalidRequest("The overlap is a time to come.", "Give 0 to end the old secret at once.")
        key, now, secret = self.find(key_id), self._now(), _new_secret()
        if not key.is_good(timestamp(now)):
            raise Conflict(f"The key {key.name!r} is revoked or expired.", "Create another.")
        with write(self._file.for_writing().opened()) as connection:
            latest = _s.good_until.is_(None)
            connection.execute(delete(secrets_of_keys).where(_s.key_id == key_id, ~latest))
            old = update(secrets_of_keys).where(_s.key_id == key_id, latest)
            connection.execute(old.values(good_until=timestamp(_later(now, overlap))))
            connection.execute(insert(secrets_of_keys).values(_secret_row(key_id, secret, now)))
        return self.find(key_id), secret

    def good_secrets(self) -> dict[str, ApiKey]:
        """The keys that count now, by the digests of their secrets."""
        if not self._file.exists():
            return {}
        now = timestamp(self._now())
        with read(self._file.opened()) as connection:
            by_id = {key.id: key for key in _found(connection) if key.is_good(now)}
            wanted = select(_s.digest, _s.key_id).where(or_(_s.good_until.is_(None), _s.good_until > now))
            return {row.digest: by_id[row.key_id] for row in connection.execute(wanted) if row.key_id in by_id}

    def used(self, key_ids: Iterable[str], day: str) -> None:
        """Keep the day of their last use."""
        with write(self._file.for_writing().opened()) as connection:
            connection.execute(update(table).where(_k.id.in_(list(key_ids))).values(used_on=day))


def _found(connection: Connection) -> list[ApiKey]:
    oldest_first = select(_s.key_id, _s.prefix).order_by(_s.created_at)  # the newest secret's is the one to show
    prefixes = {row.key_id: row.prefix for row in connection.execute(oldest_first)}
    rows = connection.execute(select(table).order_by(folded(_k.name))).mappings()
    return [_key(dict(row), prefixes.get(row["id"], "")) for row in rows]


def _key(row: dict[str, Any], prefix: str) -> ApiKey:
    limits = {name: None if row[name] is None else frozenset(row[name]) for name in ("collections", "labels")}
    return ApiKey(**{**row, **limits, "prefix": prefix, "scopes": frozenset(map(AccessScope, row["scopes"]))})


def _row(key: ApiKey) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: getattr(key, column.name) for column in table.columns}
    for name in ("scopes", "collections", "labels"):
        values[name] = None if values[name] is None else sorted(values[name])
    return values


def _secret_row(key_id: str, secret: str, now: datetime) -> dict[str, Any]:
    return {"digest": digest_of(secret), "key_id": key_id, "prefix": secret[:_SHOWN], "created_at": timestamp(now)}


def _new_secret() -> str:
    return f"{PREFIX}{secrets.token_urlsafe(_SECRET_BYTES)}"


def _later(now: datetime, by: timedelta) -> datetime:
    """Raises InvalidRequest beyond the calendar."""
    try:
        return now + by
    except OverflowError as error:
        raise InvalidRequest("That is beyond the calendar.", "Give fewer days.") from error


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > _MOST_NAME_CHARS or not plain.isprintable():
        raise InvalidRequest(f"A key's name has 1 to {_MOST_NAME_CHARS} letters.", "Name what the key is for.")
    return plain
