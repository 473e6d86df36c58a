"""Posting lists as they are stored: blocks of a term's passages, packed, in the order of their keys."""

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.dense.keys import Keys, places_of

PER_BLOCK = 512
"""Postings of one block: 6 KiB, which a page of PostgreSQL holds beside the term."""

# The key from the first one of the block on, how often the term is in the body and in the context, and how many terms
# these have. Counts above what 16 bits hold are of no text.
_POSTING = np.dtype([("key", "<u4"), ("body", "<u2"), ("context", "<u2"), ("body_of", "<u2"), ("context_of", "<u2")])
_PACK = struct.Struct("<IHHHH")
_MOST = 2**16 - 1
_FARTHEST = 2**32 - 1
_LONGEST = 1_000  # bytes of a term: PostgreSQL's indexes take 2,700

Counts = NDArray[np.float64]
"""Shape (n,)."""


@dataclass(frozen=True, slots=True)
class Block:
    """``packed`` postings whose keys count from ``first_key``."""

    first_key: int
    packed: bytes

    @property
    def keys(self) -> Keys:
        return self.first_key + np.frombuffer(self.packed, _POSTING)["key"].astype(np.int64)

    def without(self, keys: Keys) -> "Block | None":
        """None where nothing is left. Keys are sorted."""
        own = np.frombuffer(self.packed, _POSTING)
        left = np.delete(own, places_of(keys, self.keys))
        return Block(self.first_key, left.tobytes()) if len(left) else None


@dataclass(frozen=True, slots=True)
class Postings:
    """Of one term: the keys of its passages, ascending, how often it is in their body and context, and how many terms
    these have in all.
    """

    keys: Keys
    body: Counts
    context: Counts
    body_of: Counts
    context_of: Counts

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> "Postings":
        """Blocks in any order, of which none overlap."""
        ordered = sorted(blocks, key=lambda block: block.first_key)
        found = np.frombuffer(b"".join(block.packed for block in ordered), _POSTING)
        firsts = [block.first_key for block in ordered]
        sizes = [len(block.packed) // _POSTING.itemsize for block in ordered]
        keys = np.repeat(np.array(firsts, dtype=np.int64), sizes) + found["key"]
        return cls(keys, *(found[name].astype(np.float64) for name in ("body", "context", "body_of", "context_of")))

    def at(self, places: NDArray[np.intp]) -> "Postings":
        """Some of them."""
        return Postings(
            self.keys[places], self.body[places], self.context[places], self.body_of[places], self.context_of[places]
        )

    def without(self, keys: Keys) -> "Postings":
        """Keys are sorted."""
        gone = places_of(keys, self.keys)
        return self.at(np.delete(np.arange(len(self.keys)), gone)) if len(gone) else self


@dataclass(slots=True)
class Gathered:
    """Posting lists of passages that are given one after another, by ascending keys."""

    blocks: dict[str, list[tuple[int, bytearray]]] = field(default_factory=dict)
    passages: int = 0
    body_terms: int = 0
    context_terms: int = 0

    def add(self, key: int, context: Sequence[str], body: Sequence[str]) -> None:
        """One passage's terms, as ``stored`` gave them."""
        in_context, in_body = Counter(context), Counter(body)
        lengths = min(len(body), _MOST), min(len(context), _MOST)
        for term in dict.fromkeys((*in_body, *in_context)):
            own = self.blocks.setdefault(term, [])
            if not own or len(own[-1][1]) >= PER_BLOCK * _PACK.size or key - own[-1][0] > _FARTHEST:
                own.append((key, bytearray()))
            first_key, packed = own[-1]
            times = min(in_body[term], _MOST), min(in_context[term], _MOST)
            packed += _PACK.pack(key - first_key, *times, *lengths)
        self.passages += 1
        self.body_terms += len(body)
        self.context_terms += len(context)

    def of(self, term: str) -> list[Block]:
        return [Block(first_key, bytes(packed)) for first_key, packed in self.blocks.get(term, ())]

    def rows(self) -> Iterator[tuple[str, Block]]:
        for term in self.blocks:
            for block in self.of(term):
                yield term, block


def joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Fuller blocks of one term's, which are given by ascending keys."""
    first_key, count = 0, 0
    parts: list[bytes] = []
    for block in blocks:
        own = np.frombuffer(block.packed, _POSTING)
        if not len(own):
            continue
        farthest = block.first_key + int(own["key"][-1]) - first_key
        if parts and (count + len(own) > PER_BLOCK or farthest > _FARTHEST):
            yield Block(first_key, b"".join(parts))
            parts, count = [], 0
        if not parts:
            first_key = block.first_key
        moved = own.copy()
        moved["key"] += np.uint32(block.first_key - first_key)
        parts.append(moved.tobytes())
        count += len(own)
    if parts:
        yield Block(first_key, b"".join(parts))


def stored(term: str) -> str | None:
    """A term as the table has it: of a very long one, a hash. None for what can be in no text."""
    if "\0" in term:
        return None
    try:
        encoded = term.encode()
    except UnicodeEncodeError:  # half a character
        return None
    # Analysed terms have no such sign.
    return term if len(encoded) <= _LONGEST else f"#{hashlib.sha256(encoded).hexdigest()}"


def written(terms: Sequence[str]) -> str:
    """Terms in order, so that a run of them is a part of the text."""
    return "".join(f" {term} " for term in terms)


def read(text: str) -> list[str]:
    """What ``written`` was given."""
    return text.split()


def occurrences(run: str, text: str) -> int:
    """How often a written run of terms is in a written text; they may overlap."""
    count, place = 0, text.find(run)
    while place >= 0:
        count += 1
        place = text.find(run, place + 1)
    return count
