"""Where a sentence follows its source nearly word for word, and says another thing at one place."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.support.alignment import Aligned, Hunk, align
from service.support.analysed import Analysed
from service.support.exchanged import exchanged, is_figure
from service.support.facts import dates, numbers, polarity
from service.support.facts.units import unit
from service.support.kin import akin
from service.support.rarity import likeness
from service.support.words import Word

_CLOSE = 0.6  # the share of the words that must be the source's, for a difference to be one in fact
_NEARLY_SAME = 0.75
_SMALL_HUNK = 4
_LEAST_LIKE = 0.2  # cosine of word embeddings: words that have nothing to do with one another are below


_CLAUSES = frozenset("but and or who which where when although though while whereas".split())


@dataclass(frozen=True, slots=True)
class Followed:
    """How nearly a sentence follows another, in [0, 1], and the kind of fact in which it departs from it, or None."""

    share: float
    fault: str | None


def follow(said: Analysed, read: Analysed) -> Followed:
    """Lays the sentence beside the one it may have been made of. Far from it, nothing is a departure."""
    aligned = align(said.words, read.words)
    fault = exchanged(aligned, said.words, read.words) if _same_words(said, read) else None
    if fault is None and aligned.share >= _CLOSE:
        fault = _departure(aligned, said, read)
    return Followed(aligned.share, fault)


def _same_words(said: Analysed, read: Analysed) -> bool:
    """Two names that changed places leave little in its place, but the words are all there."""
    content = [w.stem for w in said.words if w.content]
    return sum(stem in read.stems for stem in content) >= _NEARLY_SAME * len(content)


def _departure(aligned: Aligned, said: Analysed, read: Analysed) -> str | None:
    tests: list[Callable[[Hunk], str | None]] = [
        lambda h: _figures(h, said, read),
        lambda h: _names(h, said, read),
        _turned,
    ]
    if aligned.share >= _NEARLY_SAME:
        if fault := _left_for_another(said, read):
            return fault
        tests.append(_meaning)
    for hunk in aligned.hunks:
        if len(hunk.said) <= _SMALL_HUNK:
            for test in tests:
                if fault := test(hunk):
                    return fault
    return None


def _left_for_another(said: Analysed, read: Analysed) -> str | None:
    """A figure that is not in the sentence followed, where that has one of the kind which is not said."""
    if dates.missing(said.dates, read.dates) and dates.missing(read.dates, said.dates):
        return "date"
    if numbers.uncounted(said.numbers, read.numbers) and numbers.uncounted(read.numbers, said.numbers):
        return numbers.missing(said.numbers, read.numbers) or "number"
    return None


def _figures(hunk: Hunk, said: Analysed, read: Analysed) -> str | None:
    if len(hunk.read) > _SMALL_HUNK:
        return None
    mine, theirs = _stems(hunk.said, is_figure), _stems(hunk.read, is_figure)
    if mine and theirs and not mine <= theirs:
        # The same in another form, or rounded: "about 3.2 million".
        same = numbers.uncounted(said.numbers, read.numbers) == 0 and not dates.missing(said.dates, read.dates)
        rounded = any(q.about and {f"{q.value:f}"} == mine for q in said.numbers)
        if not (same and rounded):
            return "date" if _in_date(hunk.said, said) else "number"
    if _months(hunk.said) and _months(hunk.read) and not _months(hunk.said) & _months(hunk.read):
        return "date"
    units, others = _units(hunk.said), _units(hunk.read)
    return "unit" if units and others and not units & others else None


def _in_date(words: Sequence[Word], said: Analysed) -> bool:
    parts = {str(part) for date in said.dates for part in date.parts.values()}
    return any(w.stem.lstrip("0") in parts for w in words)


def _names(hunk: Hunk, said: Analysed, read: Analysed) -> str | None:
    # Where a clause was left out as well, its words come after.
    mine, theirs = [w for w in hunk.said if w.name], [w for w in hunk.read[:_SMALL_HUNK] if w.name]
    # A name that the source has elsewhere is not a new one: if it is in the wrong place, two were exchanged.
    new = Counter(w.stem for w in said.words) - Counter(w.stem for w in read.words)
    mine = [w for w in mine if w.stem in new]
    if not mine or not theirs:
        return None
    initials = "".join(w.text[0].lower() for w in theirs), "".join(w.text[0].lower() for w in mine)
    if min(len(mine), len(theirs)) == 1 and {w.text.lower() for w in (*mine, *theirs)} & set(initials):
        return None
    known = {w.stem for w in theirs}
    return None if any(w.stem in known or _one_in_other(w.stem, known) for w in mine) else "name"


def _turned(hunk: Hunk) -> str | None:
    mine, theirs = {w.stem for w in hunk.said}, {w.stem for w in hunk.read}
    # Taken out with its clause ("did not fall but rose" to "rose"), a negation is gone for good reason; "it is not true
    # that" is no clause of that kind.
    short = len(hunk.said) <= 3 and len(hunk.read) <= 3
    denial = not hunk.said and len(hunk.read) <= 2 * _SMALL_HUNK and not theirs & _CLAUSES
    if (short or denial) and polarity.negations(mine) % 2 != polarity.negations(theirs) % 2:
        return "negation"
    if short and polarity.limits(mine) != polarity.limits(theirs):
        return "negation"
    return "negation" if len(hunk.read) <= _SMALL_HUNK and polarity.opposed(mine, theirs) else None


def _meaning(hunk: Hunk) -> str | None:
    mine = [w for w in hunk.said if w.content and not w.name]
    theirs = [w for w in hunk.read if w.content and not w.name]
    if len(mine) != 1 or len(theirs) != 1 or akin(mine[0].stem, {theirs[0].stem}):
        return None
    return "meaning" if likeness(mine[0].text.lower(), theirs[0].text.lower()) < _LEAST_LIKE else None


def _stems(words: Sequence[Word], test: Callable[[Word], bool]) -> set[str]:
    return {w.stem for w in words if test(w)}


def _months(words: Sequence[Word]) -> set[int]:
    return {date.month for w in words if w.text[0].isupper() for date in dates.dates(f" {w.text} ") if date.month}


def _units(words: Sequence[Word]) -> set[str]:
    return {name for w in words if (name := unit(w.text))}


def _one_in_other(stem: str, others: set[str]) -> bool:
    return any(len(stem) > 3 and len(o) > 3 and (stem.startswith(o[:4]) and o.startswith(stem[:4])) for o in others)
