"""Which questions of a large run are on the page, so that it stays usable."""

import random
from collections.abc import Set
from dataclasses import dataclass

from evals.rows import Outcome, Row

MOST = 1200
_BAD = (Outcome.WRONG, Outcome.REFUSED_WRONGLY, Outcome.FAILED)
_SEED = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows with their numbers in the run, and a sentence on what was left out."""

    rows: tuple[tuple[int, Row], ...]
    note: str | None


def kept(rows: tuple[Row, ...], changed: Set[str] = frozenset(), *, most: int | None = MOST) -> Kept:
    """What went wrong or changed comes first; the others, and what is too much of it, are drawn at random.

    At least a quarter of the places is for the others, so that there is something to compare with. ``most`` is None
    for all of them.
    """
    numbered = list(enumerate(rows, start=1))
    if most is None or len(rows) <= most:
        return Kept(tuple(numbered), None)
    first = [(n, row) for n, row in numbered if row.outcome in _BAD or row.question.id in changed]
    others = [(n, row) for n, row in numbered if not (row.outcome in _BAD or row.question.id in changed)]
    places = min(len(first), most - min(len(others), most // 4))
    generator = random.Random(_SEED)
    drawn = generator.sample(first, places) + generator.sample(others, most - places)
    what = "that went wrong or changed" if changed else "that went wrong"
    note = (
        f"Of {len(rows):,} questions, {most:,} are listed: {places:,} of the {len(first):,} {what}, "
        f"and {most - places:,} of the {len(others):,} others, drawn at random. The figures and plots are of all "
        "questions. The option --all lists them all."
    )
    return Kept(tuple(sorted(drawn, key=lambda pair: pair[0])), note)
