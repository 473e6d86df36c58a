"""From a ranking to hits: duplicates folded, no document too often, neighbours joined."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from core.types import Hit, Passage

# Not what may be part of a number or a code: "1.5" is not "15", "-5" is not "5".
_BETWEEN_WORDS = re.compile(r"[\s,;:!?\"“”„«»()\[\]]+|\.(?=\s|$)")
_FIRST_WORDS = re.compile(r"\W*+(\w++)(?:\W++(\w++))?+(?:\W++(\w++))?+")
_WIDEST_GAP = 20  # characters of white space


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its cosine, which a reader wants to know."""

    hit: Hit
    cosine: float


def fold_duplicates(ranked: Iterable[Ranked]) -> list[Ranked]:
    """One hit of those that say the same words in the same order: the best one, with the others' places.

    One word more or less can turn a statement round, so that only case, punctuation and white space may differ.
    """
    kept: list[Ranked] = []
    alike: dict[tuple[str, ...], list[int]] = {}
    for one in ranked:
        # To compare all words takes longer than the search itself: most differ in the first three.
        begin_alike = alike.setdefault(_first_words(one), [])
        words = _words(one) if begin_alike else ""
        place = next((i for i in begin_alike if _words(kept[i]) == words), None)
        if place is None:
            begin_alike.append(len(kept))
            kept.append(one)
        else:
            best = kept[place].hit
            kept[place] = replace(kept[place], hit=replace(best, also_in=(*best.also_in, one.hit.passage)))
    return kept


def _first_words(one: Ranked) -> tuple[str, ...]:
    found = _FIRST_WORDS.match(one.hit.passage.text)
    return tuple(word.casefold() for word in found.groups("")) if found else ()


def _words(one: Ranked) -> str:
    return _BETWEEN_WORDS.sub(" ", one.hit.passage.text).strip().casefold()


def spread(ranked: Sequence[Ranked], count: int, per_document: int) -> list[Ranked]:
    """The ``count`` best, of one document ``per_document`` at most where the others have enough to fill the list."""
    if not per_document:
        return list(ranked[:count])
    taken: Counter[str] = Counter()
    first: list[int] = []
    rest: list[int] = []
    for place, one in enumerate(ranked):
        document = one.hit.passage.document.id
        taken[document] += 1
        (first if taken[document] <= per_document else rest).append(place)
    return [ranked[place] for place in sorted([*first, *rest][:count])]


def join_neighbours(ranked: Sequence[Ranked], between: Callable[[Passage, Passage], str]) -> list[Ranked]:
    """Passages that follow each other in their document become one, as good as the best of them.

    ``between`` gives the document's text from the end of one to the start of the other.
    """
    runs: list[_Run] = []
    for one in sorted(ranked, key=lambda one: (one.hit.passage.document.id, one.hit.passage.start)):
        gap = _gap(runs[-1].members[-1].hit.passage, one.hit.passage, between) if runs else None
        if gap is None:
            runs.append(_Run([one], one.hit.passage.text))
        else:
            runs[-1].members.append(one)
            runs[-1].text += gap + one.hit.passage.text
    place = {one.hit.passage.id: i for i, one in enumerate(ranked)}
    runs.sort(key=lambda run: min(place[one.hit.passage.id] for one in run.members))
    return [run.joined() for run in runs]


def _gap(first: Passage, second: Passage, between: Callable[[Passage, Passage], str]) -> str | None:
    """The white space between two neighbours; None where they are none."""
    if first.document.id != second.document.id or first.section != second.section:
        return None
    if not 0 <= second.start - first.end <= _WIDEST_GAP:
        return None
    text = between(first, second)
    return None if text.strip() else text


@dataclass(slots=True)
class _Run:
    """Neighbours, in their order, and the document's text from the first to the last."""

    members: list[Ranked]
    text: str

    def joined(self) -> Ranked:
        if len(self.members) == 1:
            return self.members[0]
        hits = [one.hit for one in self.members]
        first, last = hits[0].passage, hits[-1].passage
        pages = [page for hit in hits for page in hit.passage.pages or ()]
        whole = replace(
            first,
            id=f"{first.document.id}:{first.start}-{last.end}",
            pages=(min(pages), max(pages)) if pages else None,
            end=last.end,
            text=self.text,
        )
        best = max(hits, key=lambda hit: hit.score)
        also_in = tuple(passage for hit in hits for passage in hit.also_in)
        return Ranked(replace(best, passage=whole, also_in=also_in), max(one.cosine for one in self.members))
