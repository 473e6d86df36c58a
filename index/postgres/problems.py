"""What a PostgreSQL server says went wrong, in words that tell the way out."""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from core.errors import FootnotedError, IndexBroken, NotReady, SettingsError
from index.postgres.address import shown

_WAITED = {"55P03", "40001", "40P01", "57014"}  # for a lock, in a circle, or for too long
_FULL = {"53100": "its disk is full", "53200": "it is out of memory", "53300": "it has no connection left"}
_READ_ONLY = "25006"
_FORBIDDEN = "42501"
_NO_TABLE = {"42P01", "3F000"}
_BROKEN = {"58", "XX"}  # its files, or itself
# Of a connection that is refused for now; some of them name the role, or authentication.
_PASSING = ("too many connections", "too many clients", "connection slots", "due to timeout", "timeout expired")
_TOO_LARGE = {"54000", "54001", "54023"}


def problem(url: URL, error: DBAPIError) -> FootnotedError | None:
    """None for what is a fault of ours: a broken constraint or statement."""
    state = getattr(error.orig, "sqlstate", None)
    place, reason = shown(url), str(error.orig).strip().partition("\n")[0].rstrip(".")
    if state in _WAITED:
        return NotReady(f"{place} is locked by another process.", "Try again.")
    if state in _FULL:
        return NotReady(f"{place}: {_FULL[state]} ({reason}).", "Make room on the server, or raise max_connections.")
    if state == _READ_ONLY:
        return NotReady(
            f"{place} takes no writes: it is a standby, or set to be read only.", "Name the primary server."
        )
    if state == _FORBIDDEN:
        return SettingsError(
            f"{place}: {reason}.", "Let the user of database.url own the database, or the schemas footnoted_… in it."
        )
    if state in _NO_TABLE:
        return IndexBroken(f"{place} is not whole: {reason}.", "Restore a backup of the database.")
    if state in _TOO_LARGE:
        return IndexBroken(f"{place} cannot hold it: {reason}.", "Leave that document out.")
    if state is not None and state[:2] in _BROKEN:
        return IndexBroken(f"{place} cannot be read or written: {reason}.", "Look into the server's log.")
    if isinstance(error, OperationalError | InterfaceError):
        return _unreachable(place, reason)
    return None


def _unreachable(place: str, reason: str) -> FootnotedError:
    told = reason.lower()
    passes = any(words in told for words in _PASSING)
    if not passes and ("password" in told or "authentication" in told or "role " in told):
        return SettingsError(
            f"{place} does not let this user in: {reason}.",
            "Check the user of database.url and the password (database.password_file).",
        )
    if not passes and "database " in told and "does not exist" in told:
        return SettingsError(f"{place} is not there: {reason}.", "Make it (createdb), or correct database.url.")
    return NotReady(
        f"{place} cannot be reached: {reason}.", "Check that PostgreSQL runs there and that this machine may connect."
    )
