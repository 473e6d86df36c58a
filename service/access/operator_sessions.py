"""Browsers that are signed in to the operator's pages, kept on the server so that they can be signed out."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from index.schema import read, write
from service.access.keys import digest_of
from service.access.tables import AccessFile, operator_sessions
from service.timestamps import timestamp, utc_now

_ID_BYTES = 24
_t = operator_sessions.c


class OperatorSessions:
    """Every method is one transaction. An id is kept as its digest: who reads the file gets in nowhere."""

    def __init__(self, file: AccessFile, now: Callable[[], datetime] = utc_now) -> None:
        self._file = file
        self._now = now

    def begin(self, operator: str, lifetime_s: int) -> str:
        """The id of a new session; those that ran out are forgotten."""
        now, session_id = self._now(), secrets.token_urlsafe(_ID_BYTES)
        row = {
            "digest": digest_of(session_id),
            "operator": operator,
            "created_at": timestamp(now),
            "expires_at": timestamp(now + timedelta(seconds=lifetime_s)),
        }
        with write(self._file.for_writing().opened()) as connection:
            connection.execute(delete(operator_sessions).where(_t.expires_at <= timestamp(now)))
            connection.execute(insert(operator_sessions).values(row))
        return session_id

    def operator_of(self, session_id: str) -> str | None:
        """None where it ended."""
        if not self._file.exists():
            return None
        wanted = select(_t.operator).where(_t.digest == digest_of(session_id), _t.expires_at > timestamp(self._now()))
        with read(self._file.opened()) as connection:
            found: str | None = connection.execute(wanted).scalar()
        return found

    def end(self, session_id: str) -> None:
        """One that is not there is ended already."""
        self._delete(_t.digest == digest_of(session_id))

    def end_all(self, operator: str) -> None:
        """Of the operator, on every browser."""
        self._delete(_t.operator == operator)

    def _delete(self, which: object) -> None:
        if self._file.exists():
            with write(self._file.opened()) as connection:
                connection.execute(delete(operator_sessions).where(which))  # type: ignore[arg-type]
