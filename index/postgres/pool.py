"""Connections to a PostgreSQL database: one pool for all that a process keeps there, a schema for each database.

A transaction begins in its schema: its first message names the schema, whether it writes, and takes the writers' lock,
so that who writes is alone in it, as with SQLite, and what it reads first is still so when it writes.
"""

import hashlib
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.base import OptionEngine

from core.errors import NotReady
from index.postgres.address import address_of, shown
from index.postgres.quoting import quoted

_SESSION = "footnoted_session"
_KEPT, _MORE = 8, 12  # connections that stay open, and that are opened where many come at once
MOST_CONNECTIONS = _KEPT + _MORE
"""Of one process to one database."""
_WAIT_S = 30
_RECYCLED_S = 30 * 60
# The documents that a filter with "not" leaves out are hashed in it, a million or so; those that do not fit are
# compared one by one, which takes hours. A server that has more keeps it.
_MORE_WORK_MEM = (
    "SELECT set_config('work_mem', '16MB', false) FROM pg_catalog.pg_settings "
    "WHERE name = 'work_mem' AND setting::bigint < 16 * 1024"
)
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "footnoted",
    "client_encoding": "utf8",
    # A machine that is gone says nothing: both sides find out within half a minute, and its locks are let go.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c jit=off",
}


@dataclass(frozen=True, slots=True)
class Session:
    """How transactions begin: in which schema, and which format it must have, None while it is being made.

    ``path`` is the search path, whose first is the schema. Writers wait for each other ``lock_timeout_ms`` at most.
    """

    path: tuple[str, ...]
    lock_timeout_ms: int
    format_version: int | None = None

    @property
    def schema(self) -> str:
        return self.path[0]

    @property
    def quoted_path(self) -> str:
        return ", ".join(quoted(name) for name in self.path)

    @property
    def for_reading(self) -> str:
        return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = {self.quoted_path}"

    def for_writing(self, alone: bool) -> str:
        """READ COMMITTED: each statement sees what was there when the lock was got, not when it was asked for."""
        begun = (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
            f"SET LOCAL search_path = {self.quoted_path}; SET LOCAL lock_timeout = {self.lock_timeout_ms}"
        )
        return f"{begun}; SELECT pg_advisory_xact_lock({lock_key(self.schema)})" if alone else begun


class SchemaEngine(OptionEngine):
    """An engine on one schema. Its connections are those of all schemas: they are closed with the last engine."""

    @classmethod
    def on(cls, url: str, session: Session) -> "SchemaEngine":
        """Raises SettingsError."""
        return cls(borrow(address_of(url)), {_SESSION: session})

    def dispose(self, close: bool = True) -> None:
        if not self.__dict__.get("is_given_back"):
            self.__dict__["is_given_back"] = True
            give_back(self.url, close)

    @property
    def session(self) -> Session:
        return session_of(self)

    def continued(self, session: Session) -> "SchemaEngine":
        """Another one in this one's place."""
        made = type(self)(borrow(self.url), {**self.get_execution_options(), _SESSION: session})
        self.dispose()
        return made


@dataclass(slots=True)
class _Shared:
    engine: Engine
    users: int = 0


@dataclass(slots=True)
class _Process:
    guard: threading.Lock = field(default_factory=threading.Lock)
    shared: dict[tuple[int, URL], _Shared] = field(default_factory=dict)


_process = _Process()


def session_of(engine: Engine) -> Session:
    """Of an engine on a schema."""
    found: Session = engine.get_execution_options()[_SESSION]
    return found


def lock_key(name: str) -> int:
    """The number of an advisory lock, of 64 bits with a sign; such locks are apart for each database."""
    return int.from_bytes(hashlib.sha256(f"footnoted {name}".encode()).digest()[:8], "big", signed=True)


def borrow(url: URL) -> Engine:
    """The process's engine on the database, whose statements are transactions of their own; to be given back."""
    key = os.getpid(), url  # a process that was forked has no use for its parent's connections
    with _process.guard:
        if key not in _process.shared:
            _process.shared[key] = _Shared(_connecting(url))
        _process.shared[key].users += 1
        return _process.shared[key].engine


def give_back(url: URL, close: bool = True) -> None:
    """Connections are closed when nobody has it any more."""
    key = os.getpid(), url
    with _process.guard:
        shared = _process.shared.get(key)
        if shared is None:
            return
        shared.users -= 1
        if shared.users == 0:
            del _process.shared[key]
            shared.engine.dispose(close)


def _connecting(url: URL) -> Engine:
    options = {name: value for name, value in _OPTIONS.items() if name not in url.query}
    engine = create_engine(
        url,
        pool_size=_KEPT,
        max_overflow=_MORE,
        pool_timeout=_WAIT_S,
        pool_recycle=_RECYCLED_S,
        pool_use_lifo=True,
        pool_pre_ping=True,  # a server that was started again is not told of by an error of the next question
        connect_args=options,
    )
    event.listen(engine, "connect", lambda connection, _: _configure(connection))
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any) -> None:
    from index.postgres.adapters import teach  # imports psycopg, which the plain installation lacks

    connection.autocommit = True  # transactions are ours to begin, see _begin
    connection.execute(_MORE_WORK_MEM)
    teach(connection.adapters)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    session: Session | None = options.get(_SESSION)
    if session is None:  # each statement is a transaction
        return
    writes = bool(options.get("writes"))
    begun = session.for_writing(options.get("alone", True)) if writes else session.for_reading
    connection.exec_driver_sql(begun, execution_options={"no_parameters": True})
    if session.format_version is not None:
        _check_format(connection, session)


def _check_format(connection: Connection, session: Session) -> None:
    """A server goes on running while a newer version upgrades its database. Raises NotReady."""
    if connection.exec_driver_sql("SELECT version FROM database_format").scalar_one() > session.format_version:
        place = f"{session.schema} of {shown(connection.engine.url)}"
        raise NotReady(f"{place} was upgraded by a newer Footnoted while this one was running.", "Start it again.")
