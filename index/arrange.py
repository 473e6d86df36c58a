"""From a ranking to hits: near-duplicates folded, no document too often, neighbours joined."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from core.types import Hit, Passage

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_ALIKE = 0.05  # of scores in [0, 1]
_LIKE = 0.95  # share of words in common, of all words of both
_WIDEST_GAP = 20  # characters of white space
# A word that turns a sentence round: texts that differ by one are two statements.
_TURNING = frozenset(
    "no not never none nor without except unless only nicht kein keine ohne nur ne pas sans non sin".split()
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its cosine, which a reader wants to know."""

    hit: Hit
    cosine: float


def fold_duplicates(ranked: Iterable[Ranked], count: int) -> list[Ranked]:
    """One hit of those that say the same in nearly the same words: the best one, with the others' places.

    Texts that differ in a number, a code or a negation do not say the same: two versions of a price list stay two.
    Ends when ``count`` are found and the next is a good deal worse than the last: what says the same scores alike.
    """
    kept: list[Ranked] = []
    told: list[_Words] = []
    for one in ranked:
        if len(kept) >= count and one.hit.score < kept[count - 1].hit.score - _ALIKE:
            break
        words = _Words(one.hit.passage.text)
        same = next((i for i, other in enumerate(told) if words.is_like(other)), None)
        if same is None:
            kept.append(one)
            told.append(words)
        else:
            best = kept[same].hit
            kept[same] = replace(kept[same], hit=replace(best, also_in=(*best.also_in, one.hit.passage)))
    return kept


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


class _Words:
    """A text's words, counted when they are first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._counted: Counter[str] | None = None

    @property
    def counted(self) -> Counter[str]:
        if self._counted is None:
            self._counted = Counter(word.casefold() for word in _WORD.findall(self._text))
        return self._counted

    def is_like(self, other: "_Words") -> bool:
        shorter, longer = sorted((len(self._text), len(other._text)))
        if shorter < _LIKE**2 * longer:  # most are told apart by this alone
            return False
        if self._text == other._text:
            return True
        mine, theirs = self.counted.keys(), other.counted.keys()
        if len(mine & theirs) < _LIKE**2 * max(len(mine), len(theirs)):
            return False
        common = (self.counted & other.counted).total()
        union = (self.counted | other.counted).total()
        if not union or common < _LIKE * union:
            return False
        differing = (self.counted - other.counted) + (other.counted - self.counted)
        return not any(word in _TURNING or word.endswith(("n't", "n’t")) or _has_digit(word) for word in differing)


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)
