"""Names or figures that changed places: "Ann met Bob" for "Bob met Ann"."""

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from service.support.alignment import Aligned
from service.support.words import Word

_JOINING = frozenset({"and", "or", "y", "o", "и", "или", "et", "ou", "und", "oder"})
_PASSIVE = frozenset({"by", "por", "par", "von"})
_PARTICLES = frozenset({"of", "the", "de", "la", "du", "sur", "von", "van", "der", "al", "el", "del", "di", "da"})
_SAME_SKELETON = 0.75
_LENGTHS = 1.6  # a much longer source has room for both orders
_ARTICLES = frozenset({"the", "a", "an", "el", "la", "le", "der", "die", "das"})


def exchanged(aligned: Aligned, said: Sequence[Word], read: Sequence[Word]) -> str | None:
    """ "name" or "number" if two of them stand beside other words than in the source, on both sides.

    A phrase that moved ("In 1066, …" to "… in 1066") keeps its preposition, so one of its sides is as it was. A passive
    and two names joined by "and" say the same in either order.
    """
    stems, others = [w.stem for w in said], [w.stem for w in read]
    if bool(_PASSIVE & set(stems)) != bool(_PASSIVE & set(others)):
        return None
    different = {i for h in aligned.hunks for i in range(h.at, h.at + len(h.said))}
    if _extent(said, read) > _LENGTHS * len(said) + 4 or _skeleton_share(said, read) < _SAME_SKELETON:
        return None
    for particles in (False, True):
        moved = [run for run in _runs(said, particles) if _displaced(stems, others, run)]
        pairs = [
            (a, b)
            for i, a in enumerate(moved)
            for b in moved[i + 1 :]
            if not set(stems[a[1] : b[0]]) <= _JOINING and different & {*range(*a), *range(*b)}
        ]
        if pairs:
            return "number" if all(is_figure(said[run[0]]) for pair in pairs for run in pair) else "name"
    return None


def is_figure(word: Word) -> bool:
    return word.text[0].isdigit()


def _extent(said: Sequence[Word], read: Sequence[Word]) -> int:
    """From the first word of the source that is said to the last."""
    known = {w.stem for w in said if w.content}
    found = [i for i, w in enumerate(read) if w.stem in known]
    return found[-1] - found[0] + 1 if found else 0


def _skeleton_share(said: Sequence[Word], read: Sequence[Word]) -> float:
    """How much of what is left without names and figures is the source's, in its order."""
    # A first word may be a name: nothing tells.
    mine = [w.stem for i, w in enumerate(said) if not (w.name or is_figure(w) or (i == 0 and w.content))]
    theirs = [w.stem for w in read if not (w.name or is_figure(w))]
    return LCSseq.similarity(mine, theirs) / len(mine) if mine else 1.0


def _runs(said: Sequence[Word], particles: bool) -> list[tuple[int, int]]:
    """Where names of one or more words stand, and figures; with ``particles``, "King of France" is one name."""
    runs: list[tuple[int, int]] = []
    for i, word in enumerate(said):
        if not (word.name or is_figure(word) or (i == 0 and word.content)):
            continue
        gap = i - runs[-1][1] if runs else len(said)
        joined = gap == 0 or (particles and runs and gap <= 2 and {w.stem for w in said[runs[-1][1] : i]} <= _PARTICLES)
        if joined and word.name and not is_figure(said[runs[-1][1] - 1]):
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return runs


def _displaced(said: Sequence[str], read: Sequence[str], place: tuple[int, int]) -> bool:
    """Whether the run is in the source, and there has another word before it and another one after it."""
    start, end = place
    run = list(said[start:end])
    sides = _beside(said, start, end)
    found = [i for i in range(len(read) - len(run) + 1) if list(read[i : i + len(run)]) == run]
    others = [_beside(read, i, i + len(run)) for i in found]
    return bool(others) and not any(before == sides[0] or after == sides[1] for before, after in others)


def _beside(stems: Sequence[str], start: int, end: int) -> tuple[str, str]:
    """The words before and after a place, past articles; "" at the sentence's ends."""
    before = next((s for s in reversed(stems[:start]) if s not in _ARTICLES), "")
    after = next((s for s in stems[end:] if s not in _ARTICLES), "")
    return before, after
