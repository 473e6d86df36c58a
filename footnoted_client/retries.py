"""Trying again what got no answer: of several servers behind one address, one died or is starting."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from footnoted_client.errors import ClientError, TimedOut, Unavailable, Unreachable
from footnoted_client.records import Event, Started

_PAUSE_S = 0.5
_PASSES = frozenset({502, 503, 504})  # of a proxy whose server is gone, or a server that starts; 500 would come again
_TOO_SLOW = "answer_timeout"
_T = TypeVar("_T")


def new_key() -> dict[str, str]:
    """The header that tells the service which tries are of one request."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def tried(retries: int, call: Callable[[], _T]) -> _T:
    """What the call gives, tried so many times more. Raises what the last try raises."""
    for _ in range(retries):
        try:
            return call()
        except ClientError as error:
            _wait_or_raise(error)
    return call()


def resumed(retries: int, begin: Callable[[], Iterator[Event]]) -> Iterator[Event]:
    """The events of a stream that is begun anew where it breaks off.

    What was given is not given again. Where the new stream says something else, it is given from its beginning: a
    second ``Started`` says that what came before is void.
    """
    given: list[Event] = []
    for _ in range(retries):
        try:
            yield from _after(given, begin())
            return
        except ClientError as error:
            _wait_or_raise(error)
    yield from _after(given, begin())


def _after(given: list[Event], events: Iterator[Event]) -> Iterator[Event]:
    """``given`` grows by what this gives; where that begins anew, it is emptied before."""
    before = tuple(given)
    came: list[Event] = []
    for event in events:
        came.append(event)
        if len(came) <= len(before):
            if _without_id(event) == _without_id(before[len(came) - 1]):
                continue
            before = ()
            given.clear()
        fresh = came[len(given) :]
        given += fresh
        yield from fresh


def _without_id(event: Event) -> Event:
    return replace(event, id="") if isinstance(event, Started) else event


def _wait_or_raise(error: ClientError) -> None:
    if not _passes(error):
        raise error
    time.sleep(_PAUSE_S)


def _passes(error: ClientError) -> bool:
    """What was too slow would be slower with the same work twice."""
    if isinstance(error, Unavailable):
        return error.status in _PASSES and error.code != _TOO_SLOW
    return isinstance(error, Unreachable) and not isinstance(error, TimedOut)
