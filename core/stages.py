"""The stages of the work, told to whoever listens, which measures and traces them. Without a listener, it costs a call.

What is below the service names its stages here; who listens is the entry point's to say, once for a process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Ended = Callable[[BaseException | None], None]
"""To be called once at a stage's end, with what it raised."""

Begin = Callable[[str, bool], Ended]
"""Called at a stage's beginning, with its name, and whether it may enclose others."""

_begin: Begin | None = None


def listen(begin: Begin | None) -> None:
    """From now on every stage of this process is told to ``begin``; None ends that."""
    global _begin
    _begin = begin


@contextmanager
def stage(name: str, *, encloses: bool = True) -> Iterator[None]:
    """A block that is one stage; also a decorator.

    ``encloses`` must be False in a generator that yields within the block: its steps may run in several threads, so
    that what begins meanwhile cannot be told to be within.
    """
    begin = _begin
    if begin is None:
        yield
        return
    ended = begin(name, encloses)
    try:
        yield
    except BaseException as error:
        ended(error)
        raise
    ended(None)
