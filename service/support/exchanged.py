"""Names or figures that changed places: "Ann met Bob" for "Bob met Ann"."""

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import LCSseq, Levenshtein

from service.support.alignment import Aligned
from service.support.words import Word

_JOINING = frozenset({"and", "or", "y", "o", "и", "или", "et", "ou", "und", "oder"})
_PASSIVE = frozenset({"by", "por", "par", "von"})
_PARTICLES = frozenset({"of", "the", "de", "la", "du", "sur", "von", "van", "der", "al", "el", "del", "di", "da"})
_BLOT = "\0"
_SAME_SKELETON = 0.75
_LENGTHS = 1.6  # a much longer source has room for both orders
_ARTICLES = frozenset({"the", "a", "an", "el", "la", "le", "der", "die", "das"})


def exchanged(aligned: Aligned, said: Sequence[Word], read: Sequence[Word]) -> str | None:
    """ "name" or "number" if two of them stand in each other's place.

    Told in two ways. With names and figures blotted out the sentences are laid side by side, and a blot has the content
    of another. Or two stand beside other words than in the source, on both sides: a phrase that moved ("In 1066, …" to
    "… in 1066") keeps its preposition. A passive and two names joined by "and" say the same in either order.
    """
    stems, others = [w.stem for w in said], [w.stem for w in read]
    if bool(_PASSIVE & set(stems)) != bool(_PASSIVE & set(others)):
        return None
    if _extent(said, read) > _LENGTHS * len(said) + 4 or _skeleton_share(said, read) < _SAME_SKELETON:
        return None
    different = {i for h in aligned.hunks for i in range(h.at, h.at + len(h.said))}
    pairs = _crossed(said, read)
    for particles in (False, True):
        moved = [run for run in _runs(said, particles) if _displaced(stems, others, run)]
        pairs += [(a, b) for i, a in enumerate(moved) for b in moved[i + 1 :] if different & {*range(*a), *range(*b)}]
    pairs = [(a, b) for a, b in pairs if not set(stems[a[1] : b[0]]) <= _JOINING]
    if not pairs:
        return None
    return "number" if all(is_figure(said[run[0]]) for pair in pairs for run in pair) else "name"


Run = tuple[int, int]


def _crossed(said: Sequence[Word], read: Sequence[Word]) -> list[tuple[Run, Run]]:
    """Pairs of runs of the claim: the first has another's words, and what the source has there is in the second."""
    mine, theirs = _runs(said, False), _runs(read, False)
    everywhere = {w.stem for w in read}
    found = []
    for a, b in _paired(_blotted(said, mine), _blotted(read, theirs)):
        own, other = _stems(said, mine[a]), _stems(read, theirs[b])
        put, gone = own - other, other - own
        if put and gone and put <= everywhere:
            found += [(mine[a], run) for run in mine if run != mine[a] and gone <= _stems(said, run)]
    return [(min(pair), max(pair)) for pair in found]


def _paired(said: list[str], read: list[str]) -> Iterator[tuple[int, int]]:
    """The numbers of the blots that come to lie on one another, between the same words."""
    said, read = ["", *said, ""], ["", *read, ""]
    for step in Levenshtein.opcodes(said, read):
        for a, b in zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=False):
            if said[a] == read[b] == _BLOT and said[a - 1 : a + 2] == read[b - 1 : b + 2]:
                yield said[:a].count(_BLOT), read[:b].count(_BLOT)


def _blotted(words: Sequence[Word], runs: Sequence[Run]) -> list[str]:
    """The stems, with one blot for each run."""
    starts, inside = {a for a, _ in runs}, {i for a, b in runs for i in range(a, b)}
    return [_BLOT if i in starts else w.stem for i, w in enumerate(words) if i in starts or i not in inside]


def _stems(words: Sequence[Word], run: Run) -> set[str]:
    return {w.stem for w in words[run[0] : run[1]]}


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


def _runs(said: Sequence[Word], particles: bool) -> list[Run]:
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
