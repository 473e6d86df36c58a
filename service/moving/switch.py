"""A switch: the old place takes nothing more, the new one is taken into use; and the old one back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine as SqlEngine

from index import schema
from index.sealed import moved_to, seal, through, unseal
from service.engine import Engine
from service.moving import moves
from service.moving.state import StateMove
from service.settings import Settings


@contextmanager
def sealed(engines: Sequence[SqlEngine], place: str) -> Iterator[None]:
    """Nothing more is written to them, with ``place`` as where to go; if what follows fails, it is taken again."""
    try:
        for engine in engines:
            with schema.write(through(engine)) as connection:
                seal(connection, place)
        yield
    except BaseException:
        _unseal(engines)
        raise


def take_into_use(states: Sequence[SqlEngine], catalog: SqlEngine, source: str) -> None:
    """What came from ``source`` is written to by who uses it from now on, and by no further move from there."""
    _unseal(states)
    with schema.write(through(catalog)) as connection:
        unseal(connection)
        moves.end(connection, source)


def reopen(settings: Settings) -> None:
    """Take a place that was moved away into use again."""
    with Engine.open(settings) as engine:
        state = StateMove(settings.place, settings.place)
        try:
            _unseal(state.engines_of_source())
            with schema.write(through(engine.store.catalog.engine)) as connection:
                if moved_to(connection) is not None:
                    unseal(connection)
                    moves.end(connection)
        finally:
            state.close()


def _unseal(engines: Sequence[SqlEngine]) -> None:
    for engine in engines:
        with schema.write(through(engine)) as connection:
            unseal(connection)
