"""Files and lists some at a time, so that memory does not grow with them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, TypeVar

_T = TypeVar("_T")
_PIECE = 1024**2


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """What is left of it, in pieces of 1 MiB at most."""
    while piece := file.read(_PIECE):
        yield piece


def batched(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """As itertools.batched of Python 3.12, but lists."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
