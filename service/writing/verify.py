"""A sentence of the model to a sentence of the answer: checked, and cited only where the check found support."""

import re
from collections.abc import Mapping, Sequence

from core.types import AnswerSentence, Citation, Passage, Verdict
from service.answer.cite import DocumentOf, citation_of
from service.support.checker import Checked, Checker, Evidence
from service.support.claims import makes_claim, without_markup
from service.support.clauses import verb_at
from service.support.words import words
from service.writing.answer_text import Sentence
from service.writing.instructions import instructs
from service.writing.meant import SpokenOf

_CITED = (Verdict.SUPPORTED, Verdict.PARTLY)
_MOST_UNSUPPORTED = 0.5  # what an unsupported sentence may show, whatever was measured
_ITEM = re.compile(r"(?:[-*+•‣◦▪●–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_NARROWS = re.compile(r"\b(?:for|of|on|in|at|by|with|without|to|from|until|before|after|during)\s.+", re.I)
_OPENS_AS_A_VERB = re.compile(r"[a-z]+s\s(?:on|in|at|for|to|by|with|from|up|the|an?|its|\d+)\b", re.I)
_NOTHING = Checked(Verdict.UNSUPPORTED, 0.0, ())


class Verifier:
    """Checks the sentences of one answer in order, and numbers its citations by their first appearance."""

    def __init__(self, checker: Checker, passages: Mapping[str, Passage], document_of: DocumentOf) -> None:
        """``passages`` are those of the prompt, by key."""
        self._checker = checker
        self._passages = passages
        self._document_of = document_of
        self._lead_in = ""  # "The pump weighs", of the list at hand
        self._spoken_of = SpokenOf()
        self._markers: dict[tuple[str, int, int], int] = {}

    def check(self, sentence: Sentence) -> tuple[AnswerSentence, tuple[Citation, ...]]:
        """The sentence with its verdict, and its citations; one that was cited before keeps its number.

        What the named passages do not support is tried on the others: models mix up keys, and leave them out. A
        sentence that opens with a pronoun is as well supported as it is of one of the things that were just named.
        """
        claims = self._whole_claims(sentence)
        if not makes_claim(sentence.text):
            return AnswerSentence(sentence.text, (), Verdict.NO_CLAIM, 0.0), ()
        best = min((self._checked(claim, sentence.keys) for claim in claims), key=_rank)
        readings = self._spoken_of.readings(claims[0])
        self._spoken_of.told(claims[0])
        if readings:
            best = min(best, max((self._checked(one, sentence.keys) for one in readings), key=_rank), key=_rank)
        citations = self._cited(best.evidence) if best.verdict in _CITED else ()
        if not citations:  # also where the document changed since the search
            return AnswerSentence(sentence.text, (), Verdict.UNSUPPORTED, min(best.support, _MOST_UNSUPPORTED)), ()
        markers = tuple(citation.marker for citation in citations)
        return AnswerSentence(sentence.text, markers, best.verdict, best.support), citations

    def _checked(self, claim: str, keys: Sequence[str]) -> Checked:
        named = [self._passages[key] for key in keys if key in self._passages]
        best = self._checker.check(claim, named) if named else _NOTHING
        if best.verdict is not Verdict.SUPPORTED:
            others = [passage for passage in self._passages.values() if passage not in named]
            if others:
                best = max(best, self._checker.check(claim, others), key=_rank)
        return best

    def _whole_claims(self, sentence: Sentence) -> tuple[str, ...]:
        """An item of a list says something only together with what leads in to it.

        It is read as one sentence with that, and as two: all of these have to be supported, since each catches what the
        other lets pass.
        """
        claim, is_item = without_markup(sentence.text), _ITEM.match(sentence.text) is not None
        if claim.endswith((":", "：")):
            self._lead_in = claim.rstrip(":： ") if makes_claim(sentence.text) else _narrowed(claim)
        elif self._lead_in and (is_item or (sentence.on_new_line and _lacks_a_subject(claim))):
            return f"{self._lead_in}: {claim}", f"{self._lead_in} {claim}"
        elif sentence.on_new_line and not is_item:
            self._lead_in = ""
        return (claim,)

    def _cited(self, evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
        citations: list[Citation] = []
        for one in evidence:
            passage, start, end = one.passage, one.start, one.end
            quote = passage.text[start - passage.start : end - passage.start]
            if instructs(passage, start, end):
                continue
            place = passage.document.id, start, end
            marker = self._markers.get(place, len(self._markers) + 1)
            citation = citation_of(passage, (start, end), quote, one.support, marker, self._document_of)
            if citation is not None and all(citation.marker != other.marker for other in citations):
                self._markers[place] = marker
                citations.append(citation)
        return tuple(citations)


def _narrowed(label: str) -> str:
    """ "Prices for children:" says nothing itself, and what of."""
    found = _NARROWS.search(label)
    return found.group().rstrip(":： ") if found else ""


def _lacks_a_subject(claim: str) -> bool:
    """ "Weighs 5 kg.", on a line of its own."""
    return verb_at(words(f"x {claim[:1].lower()}{claim[1:]}")) == 1 or _OPENS_AS_A_VERB.match(claim) is not None


def _rank(checked: Checked) -> tuple[int, float]:
    order = (Verdict.SUPPORTED, Verdict.PARTLY)
    return (-order.index(checked.verdict) if checked.verdict in order else -len(order)), checked.support
