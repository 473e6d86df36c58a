"""Whether what a sentence says of a thing is said of that thing: words of two statements prove neither.

"The tower is 90 metres tall, the bridge 400 metres long" has every word of "The tower is 400 metres long".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.support.analysed import Analysed, Read
from service.support.clauses import Clause, clauses
from service.support.kin import akin
from service.support.rarity import rarity
from service.support.words import Word

_PRONOUNS = frozenset("it he she they this that these those which who".split())


@dataclass(frozen=True, slots=True)
class Bound:
    """A clause of the claim and the one that says most of it.

    ``apart`` are the words that only other clauses have; ``rival`` is True where, in place of one of them, the clause
    has another of the kind: another figure or another name.
    ``near`` tells that those words are in the same sentence's other clauses.
    """

    said: Clause
    read: Clause
    sentence: tuple[Clause, ...]
    apart: tuple[Word, ...]
    rival: bool
    near: bool


def bind(claim: Analysed, reads: Sequence[Read], used: Iterable[tuple[int, int]]) -> list[Bound]:
    """Every clause of the claim with its best in the sentences ``used`` (passage, sentence)."""
    places = sorted(set(used))
    sentences = [(i, j, clauses(reads[i].sentences[j].said.figures)) for i, j in places]
    everywhere = frozenset(s for _, _, parts in sentences for c in parts for s in c.stems)
    bound = []
    subject: tuple[Word, ...] = ()
    for said in clauses(claim.figures):
        own = tuple(w for w in said.words[: said.verb] if w.content) if said.verb is not None else ()
        if own or any(w.text.lower() in _PRONOUNS for w in said.words[: said.verb or 0]):
            subject = own
        wanted = [w for w in said.words if w.content]
        wanted += [w for w in subject if w not in wanted]
        best: tuple[float, Bound] | None = None
        for i, j, parts in sentences:
            context = _context(reads[i], j)
            for part in parts:
                apart = tuple(w for w in wanted if w.stem in everywhere and not akin(w.stem, part.known | context))
                mine = sum(rarity(w.text) for w in wanted if w.stem in part.stems)
                # Of two that lack as much, the one that says more of it itself.
                cost = sum(rarity(w.text) for w in apart) - 0.01 * mine
                if best is None or cost < best[0]:
                    best = cost, Bound(said, part, parts, apart, _rival(apart, wanted, part), _near(apart, parts))
        if best is not None:
            bound.append(best[1])
    return bound


def two_subjects(bound: Sequence[Bound]) -> bool:
    """Whether what is said of one thing was read of several, each by its name."""
    subjects = [s for one in bound if (s := _named(one))]
    said = {w.stem for one in bound for w in one.said.words if w.name}
    return any(not a & b for a in subjects for b in subjects) and not all(s & said for s in subjects)


def _named(one: Bound) -> frozenset[str]:
    names = {w.stem for clause in one.sentence for w in clause.words if w.name}
    return one.read.subject & names


def _context(read: Read, sentence: int) -> frozenset[str]:
    """What a sentence need not repeat: the title, and what the passage's first sentence and the last one are about."""
    about = {w.stem for w in read.around}
    for other in {0, max(0, sentence - 1)} - {sentence}:
        parts = clauses(read.sentences[other].said.figures)
        own = clauses(read.sentences[sentence].said.figures)
        if parts and not (own and _names_its_subject(own[0])):
            about |= parts[0].subject
    return frozenset(about)


def _names_its_subject(clause: Clause) -> bool:
    """By a name before its verb, or as its first word but an article; of one that opens a sentence, that it is no
    plural: "Berta runs", not "Bicycles may be left"."""
    if any(w.name and w.stem in clause.subject for w in clause.words):
        return True
    first = next(w for w in clause.words if w.content)
    opens = first is clause.words[0] and first.text[0].isupper() and not first.text.endswith("s")
    return first.name or opens


def _near(apart: Sequence[Word], sentence: Sequence[Clause]) -> bool:
    stems = {s for clause in sentence for s in clause.stems}
    return all(w.stem in stems for w in apart)


def _rival(apart: Sequence[Word], wanted: Sequence[Word], part: Clause) -> bool:
    said = {w.stem for w in wanted}
    others = [w for w in part.words if w.content and w.stem not in said]
    return any(
        (w.text[0].isdigit() and any(o.text[0].isdigit() for o in others)) or (w.name and any(o.name for o in others))
        for w in apart
    )
