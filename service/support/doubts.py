"""Why a sentence that has its source's words may yet say another thing: one test after another."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from service.language.told import language_of
from service.support import left_out
from service.support.alignment import align
from service.support.analysed import Analysed, Read
from service.support.binding import Bound, bind, two_subjects
from service.support.clauses import Clause, verb_at
from service.support.evidence import Chosen
from service.support.facts import polarity
from service.support.foreign import foreign, turned_round, word_for_word
from service.support.kin import LIGHT, akin
from service.support.roles import other_gender, reversed_roles
from service.support.words import Word, words

_SHORT = 8  # content words; a longer sentence may have words of its own
_MAY_HAVE_ONE = 7  # of so many content words, one may be the sentence's own
_STATEMENT = re.compile(r"^(?:it|he|she|they|we|you|this|there)\b|['’](?:s|re)\s(?:an?|the|not)\b", re.I)
_NEARLY_SAME = 0.8
_LEAST_COVERED = 0.55  # of the words of a sentence in another language than English, by weight
_FINAL = (".", "!", "?", "…", "。", '"', ")")


@dataclass(frozen=True, slots=True)
class Doubt:
    """``fault`` as in Checked; ``contradicts`` tells another thing from one that is not proved."""

    fault: str
    contradicts: bool


def doubt(claim: str, said: Analysed, chosen: Sequence[Chosen], reads: Sequence[Read]) -> Doubt | None:
    """The gravest of what speaks against the sentence; None where nothing does."""
    found = doubts(claim, said, chosen, reads)
    return next((d for d in found if d.contradicts), found[0] if found else None)


def doubts(claim: str, said: Analysed, chosen: Sequence[Chosen], reads: Sequence[Read]) -> list[Doubt]:
    """All of it, in the order of the tests."""
    used = [(c.passage, c.sentence) for c in chosen]
    if foreign(claim, said.words, [reads[i].language for i, _ in used]):
        return [] if word_for_word(said, reads) else _of_another_language(claim, chosen, reads)
    texts = [reads[i].sentences[j].said.text for i, j in used]
    together = " ".join(texts)
    found = []
    if left_out.denies(claim, together):
        found.append(Doubt("negation", True))
    if left_out.compares_anew(claim, together):
        found.append(Doubt("meaning", False))
    if left_out.bound_changed(claim, together):
        found.append(Doubt("number", False))
    bound = bind(said, reads, used)
    content = len({w.stem for w in said.words if w.content})
    short = content <= _SHORT
    for one in bound:
        found += [d for d in _of_clause(claim, said, one) if short or (d.contradicts and (one.near or not one.apart))]
    if len(bound) > 1 and two_subjects(bound):
        found.append(Doubt("name", True))
    known = {s for i, j in used for s in reads[i].sentences[j].said.stems} | {
        w.stem for i, _ in used for w in reads[i].around
    }
    if short and _MAY_HAVE_ONE * len(_own_words(said.words, known)) > content:
        found.append(Doubt("meaning", False))
    if any(_exchanged(said, reads[i].sentences[j].said) for i, j in used):
        found.append(Doubt("meaning", False))
    if _is_fragment(claim):
        found.append(Doubt("meaning", False))
    return found


def _of_another_language(claim: str, chosen: Sequence[Chosen], reads: Sequence[Read]) -> list[Doubt]:
    """Not proved in any case; worse where most of its words are its own, or only one of the two denies."""
    found = [Doubt("meaning", sum(c.gain for c in chosen) < _LEAST_COVERED)]
    best = reads[chosen[0].passage]
    language = language_of(claim) or best.language
    if turned_round(claim, language, best.sentences[chosen[0].sentence].said.text, best.language):
        found.append(Doubt("negation", True))
    return found


def _of_clause(claim: str, said: Analysed, one: Bound) -> list[Doubt]:
    found = []
    text = _in_figures(one.read)
    at = one.sentence.index(one.read)
    sentence = " ".join(w.text for clause in one.sentence[at : at + 2] for w in clause.words)
    if one.apart:
        found.append(Doubt("name" if one.apart[0].name else "meaning", one.rival))
    if left_out.bound_left(_in_figures(one.said), text):
        found.append(Doubt("number", False))
    if other_gender(one.said, one.read):
        found.append(Doubt("name", True))
    if reversed_roles(one.said, one.read):
        found.append(Doubt("name", True))
    if polarity.opposed(one.said.stems, one.read.stems - one.said.stems):  # "left the club to join another" has both
        found.append(Doubt("negation", not one.apart))
    if left_out.negation_left(said, one.read):
        found.append(Doubt("negation", False))
    if left_out.exception_left(claim, sentence):
        found.append(Doubt("negation", False))
    if left_out.modal_changed(claim, text):
        found.append(Doubt("meaning", False))
    if left_out.choice_left(said.stems, one.read):
        found.append(Doubt("meaning", False))
    return found


def _in_figures(clause: Clause) -> str:
    return " ".join(w.text for w in clause.words)


def _exchanged(said: Analysed, read: Analysed) -> bool:
    """One word for another in a sentence that is the source's otherwise."""
    aligned = align(said.words, read.words)
    if aligned.share < _NEARLY_SAME:
        return False
    for hunk in aligned.hunks:
        mine, theirs = _plain(hunk.said), _plain(hunk.read)
        if len(mine) == len(theirs) == 1 and not akin(mine[0], {theirs[0]}) and mine[0] not in read.stems:
            return True
    return False


def _plain(part: Sequence[Word]) -> list[str]:
    return [w.stem for w in part if w.content and not w.name and w.text[0].isalpha()]


def _is_fragment(claim: str) -> bool:
    """No sentence by its end, and without a verb: an item, a cell, a label with its value."""
    if claim.rstrip().endswith(_FINAL) or _STATEMENT.search(claim):
        return False
    return all(verb_at(words(part)) is None for part in re.split(r"[,:;|]", claim))


def _own_words(said: Sequence[Word], known: Set[str]) -> set[str]:
    """Those that neither the evidence nor its title has, nor one like it."""
    told = {w.stem for w in said if w.content and w.text[0].isalpha()} - LIGHT
    return {stem for stem in told if not akin(stem, known)}
