"""A lock that a PostgreSQL server keeps for as long as the connection of its holder lives."""

from contextlib import suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from index.postgres.address import address_of
from index.postgres.pool import borrow, give_back, lock_key
from index.transactions import told


class SessionLock:
    """By a name, apart for each database. Not for a connection through PgBouncer's transaction pooling."""

    def __init__(self, url: str, name: str) -> None:
        """Raises SettingsError."""
        self._url = address_of(url)
        self._key = lock_key(f"lock {name}")
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Whether it is held now. Does not wait. Raises NotReady."""
        if self.is_held():
            return True
        engine = borrow(self._url)
        try:
            with told(engine):
                connection = engine.connect()
                try:
                    if connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({self._key})").scalar_one():
                        connection.detach()  # it is not to go back to the pool with the lock
                        self._connection = connection
                finally:
                    if self._connection is None:
                        connection.close()
        finally:
            give_back(self._url)
        return self._connection is not None

    def is_held(self) -> bool:
        """Asks the server: a connection may have been cut, and then another one may have the lock."""
        if self._connection is None:
            return False
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """At once: the server takes a moment to see that a connection has ended."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            if not connection.invalidated:  # else it was cut, and the lock is gone with it
                with suppress(DBAPIError):
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({self._key})")
            connection.close()
