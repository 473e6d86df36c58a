"""Two sentences laid side by side: what stands in the one where the other has something else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from service.support.words import Word


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where what is said and what was read differ, between words that are the same.

    ``at`` is the first said word's position; ``before`` and ``after`` say how many words are the same on each side.
    """

    said: tuple[Word, ...]
    read: tuple[Word, ...]
    at: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """``share`` is how much of the said content words has its like in the other sentence, in order."""

    share: float
    hunks: tuple[Hunk, ...]


def align(said: Sequence[Word], read: Sequence[Word]) -> Aligned:
    """By the fewest words to put in, take out or replace (Levenshtein 1966)."""
    blocks = list(_blocks([w.stem for w in said], [w.stem for w in read]))
    content = sum(w.content for w in said)
    same = sum(w.content for equal, a, b, _, _ in blocks if equal for w in said[a:b])
    hunks = []
    for number, (equal, a, b, c, d) in enumerate(blocks):
        if not equal:
            before = blocks[number - 1][2] - blocks[number - 1][1] if number else 0
            after = blocks[number + 1][2] - blocks[number + 1][1] if number + 1 < len(blocks) else 0
            hunks.append(Hunk(tuple(said[a:b]), tuple(read[c:d]), a, before, after))
    return Aligned(same / content if content else 0.0, tuple(hunks))


def _blocks(said: list[str], read: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """(equal, said from, to, read from, to), with neighbouring differences made one."""
    open_block: tuple[int, int, int, int] | None = None
    for step in Levenshtein.opcodes(said, read):
        place = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if step.tag == "equal":
            if open_block:
                yield False, *open_block
                open_block = None
            yield True, *place
        elif open_block:
            open_block = (open_block[0], place[1], open_block[2], place[3])
        else:
            open_block = place
    if open_block:
        yield False, *open_block
