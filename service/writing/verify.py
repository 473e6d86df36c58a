"""A sentence of the model to a sentence of the answer: checked, and cited only where the check found support."""

import re
from collections.abc import Mapping, Sequence

from core.types import AnswerSentence, Citation, Passage, Verdict
from service.answer.cite import DocumentOf, citation_of
from service.support.checker import Checked, Checker, Evidence
from service.support.claims import makes_claim, without_markup
from service.writing.answer_text import Sentence
from service.writing.instructions import instructs

_CITED = (Verdict.SUPPORTED, Verdict.PARTLY)
_MOST_UNSUPPORTED = 0.5  # what an unsupported sentence may show, whatever was measured
_ITEM = re.compile(r"(?:[-*+•‣◦▪●–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_NOTHING = Checked(Verdict.UNSUPPORTED, 0.0, ())


class Verifier:
    """Checks the sentences of one answer in order, and numbers its citations by their first appearance."""

    def __init__(self, checker: Checker, passages: Mapping[str, Passage], document_of: DocumentOf) -> None:
        """``passages`` are those of the prompt, by key."""
        self._checker = checker
        self._passages = passages
        self._document_of = document_of
        self._lead_in = ""  # "The pump weighs:", of the list at hand
        self._markers: dict[tuple[str, int, int], int] = {}

    def check(self, sentence: Sentence) -> tuple[AnswerSentence, tuple[Citation, ...]]:
        """The sentence with its verdict, and its citations; one that was cited before keeps its number.

        What the named passages do not support is tried on the others: models mix up keys, and leave them out.
        """
        claim = self._whole_claim(sentence)
        if not makes_claim(sentence.text):
            return AnswerSentence(sentence.text, (), Verdict.NO_CLAIM, 0.0), ()
        named = [self._passages[key] for key in sentence.keys if key in self._passages]
        best = self._checker.check(claim, named) if named else _NOTHING
        if best.verdict is not Verdict.SUPPORTED:
            others = [passage for passage in self._passages.values() if passage not in named]
            if others:
                best = max(best, self._checker.check(claim, others), key=_rank)
        citations = self._cited(best.evidence) if best.verdict in _CITED else ()
        if not citations:  # also where the document changed since the search
            return AnswerSentence(sentence.text, (), Verdict.UNSUPPORTED, min(best.support, _MOST_UNSUPPORTED)), ()
        markers = tuple(citation.marker for citation in citations)
        return AnswerSentence(sentence.text, markers, best.verdict, best.support), citations

    def _whole_claim(self, sentence: Sentence) -> str:
        """An item of a list says something only together with what leads in to it."""
        claim, is_item = without_markup(sentence.text), _ITEM.match(sentence.text) is not None
        if claim.endswith((":", "：")):
            self._lead_in = claim if makes_claim(sentence.text) else ""
        elif is_item and self._lead_in:
            return f"{self._lead_in} {claim}"
        elif sentence.on_new_line and not is_item:
            self._lead_in = ""
        return claim

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


def _rank(checked: Checked) -> tuple[int, float]:
    order = (Verdict.SUPPORTED, Verdict.PARTLY)
    return (-order.index(checked.verdict) if checked.verdict in order else -len(order)), checked.support
