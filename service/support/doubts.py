"""Why a sentence that has its source's words may yet say another thing: one test after another."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from service.support import left_out
from service.support.analysed import Analysed, Read
from service.support.binding import Bound, bind
from service.support.evidence import Chosen
from service.support.facts import polarity
from service.support.foreign import foreign, word_for_word
from service.support.kin import LIGHT, akin
from service.support.roles import reversed_roles
from service.support.words import Word

_SHORT = 14  # content words; a longer sentence may have a word of its own
_FINAL = (".", "!", "?", "…", "。", '"', ")")


@dataclass(frozen=True, slots=True)
class Doubt:
    """``fault`` as in Checked; ``contradicts`` tells another thing from one that is not proved. ``why`` is for tests."""

    fault: str
    contradicts: bool
    why: str


def doubt(claim: str, said: Analysed, chosen: Sequence[Chosen], reads: Sequence[Read]) -> Doubt | None:
    """The gravest of what speaks against the sentence; None where nothing does."""
    found = doubts(claim, said, chosen, reads)
    return next((d for d in found if d.contradicts), found[0] if found else None)


def doubts(claim: str, said: Analysed, chosen: Sequence[Chosen], reads: Sequence[Read]) -> list[Doubt]:
    """All of it, in the order of the tests."""
    if foreign(said.words):
        return [] if word_for_word(said, reads) else [Doubt("meaning", False, "foreign")]
    used = [(c.passage, c.sentence) for c in chosen]
    texts = [reads[i].sentences[j].said.text for i, j in used]
    together = " ".join(texts)
    found = []
    if left_out.denies(claim, together):
        found.append(Doubt("negation", True, "denial"))
    if left_out.compares_anew(claim, together):
        found.append(Doubt("meaning", False, "comparison"))
    if left_out.bound_changed(claim, together):
        found.append(Doubt("number", False, "bound"))
    bound = bind(claim, reads, used)
    short = len({w.stem for w in said.words if w.content}) <= _SHORT
    for one in bound:
        found += [d for d in _of_clause(claim, said, one) if short or d.contradicts and not d.why.startswith("apart")]
    known = {s for i, j in used for s in reads[i].sentences[j].said.stems} | {
        w.stem for i, _ in used for w in reads[i].around
    }
    if short and _own_words(said.words, known):
        found.append(Doubt("meaning", False, "own word"))
    if not claim.rstrip().endswith(_FINAL) and not any(one.said.verb is not None for one in bound):
        found.append(Doubt("meaning", False, "fragment"))
    return found


def _of_clause(claim: str, said: Analysed, one: Bound) -> list[Doubt]:
    found = []
    text = " ".join(w.text for w in one.read.words)
    at = one.sentence.index(one.read)
    sentence = " ".join(w.text for clause in one.sentence[at : at + 2] for w in clause.words)
    if one.apart:
        found.append(Doubt("name" if one.apart[0].name else "meaning", one.rival, f"apart {[w.stem for w in one.apart]}"))
    if reversed_roles(one.said, one.read):
        found.append(Doubt("name", True, "roles"))
    if polarity.opposed(one.said.stems, one.read.stems):
        found.append(Doubt("negation", not one.apart, "opposed"))
    if left_out.negation_left(said, one.read):
        found.append(Doubt("negation", False, "negation left"))
    if left_out.exception_left(claim, sentence):
        found.append(Doubt("negation", False, "exception left"))
    if left_out.modal_changed(claim, text):
        found.append(Doubt("meaning", False, "modal"))
    if left_out.choice_left(said.stems, one.read):
        found.append(Doubt("meaning", False, "choice"))
    return found


def _own_words(words: Sequence[Word], known: Set[str]) -> bool:
    """A word that neither the evidence nor its title has, nor one like it."""
    return any(not akin(w.stem, known) and w.stem not in LIGHT for w in words if w.content)
