"""Operators by name in ``access.db``: password, and a second factor by time (TOTP, RFC 6238) where they want one."""

import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import Connection, delete, insert, or_, select, update

from core.errors import Conflict, InvalidRequest, NotFound
from index.schema import folded, read, write
from service.access.passwords import hashed, is_right
from service.access.tables import AccessFile, operator_sessions
from service.access.tables import operators as table
from service.timestamps import timestamp, utc_now

TOKEN = "token"
"""The name of whoever signed in with the token of the data folder; nobody else can have it."""
_MOST_NAME_CHARS = 100
_STEP_S = 30
_o = table.c


@dataclass(frozen=True, slots=True)
class NamedOperator:
    """As lists show one."""

    name: str
    has_totp: bool
    created_at: str


class Operators:
    """Every method is one transaction. The file is made by the first write."""

    def __init__(self, file: AccessFile, now: Callable[[], datetime] = utc_now) -> None:
        self._file = file
        self._now = now

    def add(self, name: str, password: str) -> NamedOperator:
        """Raises InvalidRequest; Conflict where there is one of that name."""
        name = _checked_name(name)
        row = {"name": name, "password": hashed(password), "created_at": timestamp(self._now())}
        with write(self._file.for_writing().opened()) as connection:
            if _kept_name(connection, name) is not None:
                raise Conflict(f"There is an operator {name!r} already.", "Choose another name.")
            connection.execute(insert(table).values(row))
        return NamedOperator(name, False, row["created_at"])

    def set_password(self, name: str, password: str) -> None:
        """All sessions of the operator end. Raises NotFound, InvalidRequest."""
        self._change(name, password=hashed(password))

    def set_totp(self, name: str) -> str:
        """A new second factor in place of a former one; gives its otpauth address. Sessions end. Raises NotFound."""
        secret = pyotp.random_base32()
        self._change(name, totp_secret=secret, totp_used=None)
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Footnoted")

    def remove_totp(self, name: str) -> None:
        """Raises NotFound."""
        self._change(name, totp_secret=None, totp_used=None)

    def remove(self, name: str) -> None:
        """Their sessions end at once. Raises NotFound."""
        with write(self._file.for_writing().opened()) as connection:
            kept = _kept_name(connection, name)
            if kept is None:
                raise _nobody(name)
            connection.execute(delete(table).where(_o.name == kept))
            connection.execute(delete(operator_sessions).where(operator_sessions.c.operator == kept))

    def all(self) -> list[NamedOperator]:
        """By name."""
        if not self._file.exists():
            return []
        with read(self._file.opened()) as connection:
            rows = connection.execute(select(_o.name, _o.totp_secret, _o.created_at).order_by(folded(_o.name)))
            return [NamedOperator(row.name, row.totp_secret is not None, row.created_at) for row in rows]

    def checked(self, name: str, password: str, code: str | None) -> str | None:
        """The name as it is kept, where all is right; a code is good once. Unknown names take as long."""
        found = None
        if self._file.exists():
            with read(self._file.opened()) as connection:
                kept = _kept_name(connection, name)
                found = None if kept is None else connection.execute(select(table).where(_o.name == kept)).first()
        if not is_right(password, found.password if found else None) or found is None:
            return None
        if found.totp_secret is not None and not self._is_new_code(found.name, found.totp_secret, code or ""):
            return None
        return str(found.name)

    def _is_new_code(self, name: str, secret: str, code: str) -> bool:
        """One step of 30 seconds early or late is let pass."""
        now = int(self._now().timestamp()) // _STEP_S
        totp, given = pyotp.TOTP(secret), code.replace(" ", "").encode("utf-8", "surrogatepass")
        right = [
            step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), given)
        ]
        if not right:
            return False
        fresh = or_(_o.totp_used.is_(None), _o.totp_used < right[0])
        with write(self._file.opened()) as connection:  # of two that use a code at once, one is first
            used = update(table).where(_o.name == name, fresh).values(totp_used=right[0])
            return connection.execute(used).rowcount == 1

    def _change(self, name: str, **values: object) -> None:
        with write(self._file.for_writing().opened()) as connection:
            kept = _kept_name(connection, name)
            if kept is None:
                raise _nobody(name)
            connection.execute(update(table).where(_o.name == kept).values(values))
            connection.execute(delete(operator_sessions).where(operator_sessions.c.operator == kept))


def same_for(name: str) -> str:
    """One for all ways to write a name: in any case, with wide letters, ligatures or marks apart (NFKC)."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def _kept_name(connection: Connection, name: str) -> str | None:
    """As it is kept, of whoever is meant by the name. Operators are few."""
    wanted = same_for(name)
    return next((kept for kept in connection.execute(select(_o.name)).scalars() if same_for(kept) == wanted), None)


def _checked_name(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not plain or len(plain) > _MOST_NAME_CHARS or not plain.isprintable() or same_for(plain) == TOKEN:
        raise InvalidRequest(
            f"An operator's name has 1 to {_MOST_NAME_CHARS} letters and is not {TOKEN!r}.", "Choose another."
        )
    return plain


def _nobody(name: str) -> NotFound:
    return NotFound(f"There is no operator {name!r}.", "`footnoted operators list` shows them.")
