"""Groups of examples as one file of token ids: training reads it without the data, the tokenizer or the product.

Every text stands there once. A pass takes other wrong ones of each group, and other windows, than the last.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.rows import MAX_TOKENS, SPECIALS, Ids, Row, Tokens, Unit, row_of

TRAIN, HELD = "train.npz", "held.npz"

Members = list[int]
"""Numbers of the examples of a group; the first has the answer."""


@dataclass(frozen=True, slots=True)
class PackedGroup:
    """One group: the right example, the ``wrong`` ones, hardest first, of which a pass takes so many, and how often a
    pass takes the group: 0.5 is every other pass, 2 is twice in each.
    """

    source: str
    right: Tokens
    wrong: tuple[Tokens, ...]
    take: int
    share: float


class Pack:
    """Arrays: ``texts`` all token ids, ``ends`` of each text in it; ``examples`` (n, 7: question, title, context,
    answerable, first, last, somewhere); ``groups`` (m, 3: first example, how many, how many wrong ones a pass takes);
    ``shares`` (m,) how often a pass takes each; ``sources`` (m,) what each is made of; ``specials`` [CLS] and [SEP].
    ``times`` takes the groups of a source so many times as often. Raises ValueError where the pack lacks that source.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]], times: Mapping[str, float] | None = None) -> None:
        self._texts = arrays["texts"].astype(np.int32)
        self._bounds = np.concatenate([[0], arrays["ends"]]).astype(np.int64)
        self._examples = arrays["examples"].astype(np.int64)
        self._groups = arrays["groups"].astype(np.int64)
        self._shares = arrays["shares"].astype(np.float64)
        if times and "sources" not in arrays:
            raise ValueError("the pack is of an earlier version, without the sources of its groups: make it again")
        for source, factor in (times or {}).items():
            own = arrays["sources"] == source
            if not own.any():
                raise ValueError(
                    f"no groups of {source!r} in the pack, only of {np.unique(arrays['sources']).tolist()}"
                )
            self._shares[own] *= factor
        cls, sep = arrays["specials"].tolist()
        self._specials = (cls, sep)

    @classmethod
    def open(cls, path: Path, times: Mapping[str, float] | None = None) -> "Pack":
        with np.load(path) as arrays:
            return cls(dict(arrays), times)

    def batches(self, tokens: int, rng: random.Random) -> list[list[Members]]:
        """One pass: groups of alike length together, about ``tokens`` tokens a batch, in random order."""
        lengths = self._lengths()
        drawn = sorted(
            ((max(lengths[i] for i in members), members) for members in self._drawn(rng)),
            key=lambda pair: pair[0] + rng.random() * 12,
        )
        found: list[list[Members]] = [[]]
        rows = width = 0
        for longest, members in drawn:
            if found[-1] and max(width, longest) * (rows + len(members)) > tokens:
                found.append([])
                rows = width = 0
            found[-1].append(members)
            rows, width = rows + len(members), max(width, longest)
        rng.shuffle(found)
        return found

    def in_order(self, rows: int) -> Iterator[list[Row]]:
        """All examples, so many at a time, whole where they fit."""
        for start in range(0, len(self._examples), rows):
            few = range(start, min(start + rows, len(self._examples)))
            yield [row_of(self.tokens(i), self._specials, None) for i in few]

    def units(self, batch: Iterable[Members], rng: random.Random) -> list[Unit]:
        return [[row_of(self.tokens(i), self._specials, rng) for i in members] for members in batch]

    def tokens(self, example: int) -> Tokens:
        question, title, context, answerable, first, last, somewhere = self._examples[example].tolist()
        texts = self._text(question), self._text(title), self._text(context)
        return Tokens(*texts, bool(answerable), first, last, bool(somewhere))

    def used(self) -> Ids:
        """The token ids that occur, each once."""
        return np.unique(np.concatenate([self._texts, np.array(self._specials, dtype=np.int32)]))

    def _drawn(self, rng: random.Random) -> Iterator[Members]:
        for (first, count, take), share in zip(self._groups.tolist(), self._shares.tolist(), strict=True):
            for _ in range(int(share) + (rng.random() < share % 1)):
                yield [first, *_few(first + 1, count - 1, take, rng)]

    def _lengths(self) -> list[int]:
        sizes = np.diff(self._bounds)
        return np.minimum(sizes[self._examples[:, :3]].sum(axis=1) + SPECIALS, MAX_TOKENS).tolist()

    def _text(self, number: int) -> Ids:
        return self._texts[self._bounds[number] : self._bounds[number + 1]]


def _few(first: int, count: int, take: int, rng: random.Random) -> list[int]:
    """So many of ``count``; the earlier ones, which are harder, more often."""
    keys = sorted(range(count), key=lambda i: rng.random() * (i + 2))
    return [first + i for i in keys[:take]]


def write_pack(path: Path, groups: Sequence[PackedGroup], specials: tuple[int, int]) -> None:
    texts: list[Ids] = []
    known: dict[bytes, int] = {}

    def number(ids: Ids) -> int:
        key = ids.tobytes()
        if key not in known:
            known[key] = len(texts)
            texts.append(ids)
        return known[key]

    examples: list[tuple[int, ...]] = []
    bounds: list[tuple[int, int, int]] = []
    for group in groups:
        bounds.append((len(examples), 1 + len(group.wrong), group.take))
        for one in (group.right, *group.wrong):
            places = (number(one.question), number(one.title), number(one.context))
            examples.append((*places, one.answerable, one.first, one.last, one.somewhere))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        texts=np.concatenate(texts),
        ends=np.cumsum([len(t) for t in texts]).astype(np.int32),
        examples=np.array(examples, dtype=np.int32),
        groups=np.array(bounds, dtype=np.int32),
        shares=np.array([g.share for g in groups], dtype=np.float32),
        sources=np.array([g.source for g in groups]),
        specials=np.array(specials, dtype=np.int32),
    )
