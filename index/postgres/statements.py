"""Statements that PostgreSQL takes outside of a transaction only, such as VACUUM and CREATE INDEX CONCURRENTLY."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from index.postgres.pool import borrow, give_back, session_of
from index.transactions import told


@contextmanager
def each_statement(engine: Engine) -> Iterator[Connection]:
    """A connection of its own, in the engine's schema, on which each statement is a transaction. Raises as write."""
    base = borrow(engine.url)
    try:
        with told(engine), base.connect() as connection:
            connection.detach()  # what is set here is not for who comes next
            connection.exec_driver_sql(f"SET search_path = {session_of(engine).quoted_path}")
            yield connection
    finally:
        give_back(engine.url)
