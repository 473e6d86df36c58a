"""A function over many items, some at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def some_at_a_time(work: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """The results as they come, ``jobs`` items being worked on at once; with one job in this thread, in order.

    No more is handed out than is worked on: Ctrl-C then waits for the items in hand, not for all.
    """
    if jobs == 1:
        yield from map(work, items)
        return
    waiting = iter(items)
    with ThreadPoolExecutor(jobs) as pool:
        running: set[Future[Result]] = {pool.submit(work, item) for item in islice(waiting, jobs)}
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(work, item) for item in islice(waiting, len(finished))}
            yield from (future.result() for future in finished)
