"""A question back, where several documents or sections answer equally well and the question names none of them."""

import re
from collections.abc import Sequence
from itertools import combinations

from core.types import Clarification, Hit
from index.analyse import STOP_WORDS, terms
from service.answer.reader import Candidate
from service.conversation.phrases import noun_phrases
from service.language.phrases import phrases_for

_SHARE_OF_BEST = 0.6
"""How probable another answer must be, measured by that of the best."""
_LEAST = 0.7
"""How probable it must be that one of them answers: as alike as they are, none may be probable by itself."""
_MOST_OPTIONS = 4
_MOST_WORDS = 10
_MOST_LABEL_CHARS = 80
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def clarify(question: str, candidates: Sequence[Candidate]) -> Clarification | None:
    """None unless 2 to 4 places answer, as probably as each other, with different words.

    ``candidates`` are the reader's, best first. They are told apart by the titles of their documents, or by the
    headings above them; a question that has a name in it, or a word of one of those, says which it means. Conservative:
    where in doubt, the question is answered.
    """
    best = candidates[0].probability if candidates else 0.0
    if _UNSPACED.search(question):  # neither its words nor its names can be counted
        return None
    if len(question.split()) > _MOST_WORDS or any(p.is_name for p in noun_phrases(question)):
        return None
    near = [c for c in candidates if c.probability >= _SHARE_OF_BEST * best]
    by_title = len({c.hit.passage.document.id for c in near}) > 1
    first: dict[str, Candidate] = {}
    for candidate in near:
        first.setdefault(_label(candidate.hit, by_title), candidate)
    if not 2 <= len(first) <= _MOST_OPTIONS or "" in first or not _differ(list(first.values())):
        return None
    if sum(c.probability for c in first.values()) < _LEAST:
        return None
    if any(len(label) > _MOST_LABEL_CHARS for label in first) or not _tell_apart(question, list(first)):
        return None
    bare = question.rstrip(" ?.!？。")
    return Clarification(phrases_for(question).which_one, tuple(f"{bare} ({label})?" for label in first))


def _label(hit: Hit, by_title: bool) -> str:
    passage = hit.passage
    if by_title:
        return _plain(passage.document.title)
    return _plain(passage.section[-1]) if passage.section else ""


def _plain(title: str) -> str:
    return re.sub(r"[()\s]+", " ", title).strip(" .:?#*")


def _differ(candidates: Sequence[Candidate]) -> bool:
    """Each has answer words, and none has those of another: two places that say the same leave nothing to choose."""
    said = []
    for candidate in candidates:
        if candidate.answer is None:
            return False
        offset = candidate.hit.passage.start
        start, end = candidate.answer
        said.append(" ".join(terms(candidate.hit.passage.text[start - offset : end - offset])))
    return all(one and two and one not in two and two not in one for one, two in combinations(said, 2))


def _tell_apart(question: str, labels: Sequence[str]) -> bool:
    """Each label has words that no other has, and the question has none of those."""
    asked = set(terms(question))
    words = [set(terms(label)) - STOP_WORDS for label in labels]
    for i, own in enumerate(words):
        only = own.difference(*(other for j, other in enumerate(words) if j != i))
        if not only or only & asked:
            return False
    return True
