"""The place at work of the request whose thread this is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from service.load.admission import Slot

PLACE: ContextVar[Slot | None] = ContextVar("footnoted_place", default=None)
"""Set by the gate; threads that work for a request inherit it."""


def leave_place() -> None:
    """The rest of the answer needs little of the processor: the next question may begin."""
    slot = PLACE.get()
    if slot is not None:
        slot.release()


@contextmanager
def place_free() -> Iterator[None]:
    """The place is free while the block waits for somebody else's server."""
    slot = PLACE.get()
    if slot is None:
        yield
        return
    with slot.paused():
        yield
