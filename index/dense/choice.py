"""Which of numbered passages a search may find: one bit each, as FAISS wants it."""

import weakref
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.dense.keys import Keys, places_of

_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Choice:
    """``bits`` has the bit of place ``i`` in byte ``i // 8``, lowest first; ``count`` of ``total`` bits are set."""

    bits: NDArray[np.uint8]
    count: int
    total: int

    @classmethod
    def all(cls, total: int) -> Self:
        return cls(np.packbits(np.ones(total, dtype=bool), bitorder="little"), total, total)

    @classmethod
    def only(cls, places: NDArray[np.intp], total: int) -> Self:
        chosen = np.zeros(total, dtype=bool)
        chosen[places] = True
        return cls(np.packbits(chosen, bitorder="little"), int(chosen.sum()), total)

    def without(self, places: NDArray[np.intp]) -> Self:
        """A copy without some places: a megabit takes microseconds."""
        if not len(places):
            return self
        bits = self.bits.copy()
        np.bitwise_and.at(bits, places >> 3, ~(1 << (places & 7)).astype(np.uint8))
        return type(self)(bits, int(np.bitwise_count(bits).sum()), self.total)

    def both(self, other: "Choice") -> Self:
        """What is in this one and the other."""
        bits = self.bits & other.bits
        return type(self)(bits, int(np.bitwise_count(bits).sum()), self.total)


class Choices:
    """What keys choose of a base. A filter gives the same array until something changes, and half a million keys
    take 50 ms to be found among a million: the last ones are remembered. Safe from several threads.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._made: dict[int, tuple[weakref.ref[Keys], Choice]] = {}

    def of(self, allowed: Keys) -> Choice:
        """``allowed`` are sorted; an array that can be written to is not remembered."""
        made = self._made.get(id(allowed))
        if made is not None and made[0]() is allowed:
            return made[1]
        choice = Choice.only(places_of(allowed, self._keys), len(self._keys))
        if not allowed.flags.writeable:
            if len(self._made) >= _REMEMBERED:
                self._made = {}
            self._made[id(allowed)] = weakref.ref(allowed), choice
        return choice
