"""What the claim leaves out of its source, or puts in: a denial, a limit, a choice, a "must"."""

import re
from collections.abc import Iterable, Set

from service.support.analysed import Analysed
from service.support.clauses import Clause
from service.support.facts import polarity

_DENIALS = re.compile(
    r"\b(?:false|untrue|a (?:lie|myth|hoax|misconception|rumou?r)|incorrect|wrong|den(?:y|ies|ied)|disputed|debunked"
    r"|not (?:true|the case|correct))\b",
    re.I,
)
_NEGATES = frozenset("not no never cannot none neither nor nobody nothing without".split())
_SHUTS_OUT = frozenset("excluded excluding rejected refused failed prohibited forbidden against banned denied".split())
_EXCEPT = re.compile(
    r"\b(?:except|unless|only|excluding|other than|apart from|provided that|but not|as long as)\b", re.I
)
_COMPARES = re.compile(
    r"\b(?:(?:more|less|fewer|most|least|best|worst|all|every(?!\s(?:\d|year|month|week|day|hour))|everyone|everybody|always|any|both|each(?!\s(?:year|month|week|day|calendar))|entirely"
    r"|completely|guaranteed|safe|primary|main|first|last|only|never)|[a-z]{3,}(?:est|(?<!o)er than))\b",
    re.I,
)
_MUST = re.compile(r"\b(?:must|shall|ha(?:s|ve|d) to|required|need(?:s|ed)? to|obliged|mandatory|should)\b", re.I)
_MAY = re.compile(r"\b(?:(?-i:may)|can|might|could|allowed|permitted|optional(?:ly)?|able|possible)\b", re.I)
_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned)?|propos(?:e[sd]?|al)|intend(?:s|ed)?|expect(?:s|ed)?|hop(?:es|ed)|aim(?:s|ed)|consider(?:s|ed)"
    r"|tried|attempt(?:s|ed)?|alleged(?:ly)?|(?-i:may)|might|would|reportedly|suggest(?:s|ed)?|wanted|will)\b",
    re.I,
)
_ABOUT = r"about|around|roughly|approximately|nearly|almost|some|circa"
_AT_LEAST = r"at least|over|more than|a minimum of|no (?:less|fewer) than|above|minimum"
_AT_MOST = r"at most|up to|under|less than|fewer than|a maximum of|maximum|no more than|below|limited to|at maximum"
_BEFORE_FIGURE = re.compile(
    rf"\b(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT}))"
    r"\s(?:the\s|a\s|of\s|to\s)?(?:[$€£]\s?)?(?P<figure>\d[\d.,]*|[a-z]+)",
    re.I,
)


def denies(claim: str, evidence: str) -> bool:
    """ "It is a myth that …", where the source says no such thing."""
    return bool(_DENIALS.search(claim)) and not _DENIALS.search(evidence)


def negation_left(said: Analysed, clause: Clause) -> bool:
    """A clause that denies or shuts out, for a claim that does neither."""
    return _turning(w.text for w in clause.words) and not _turning(w.text for w in said.words)


def _turning(words: Iterable[str]) -> bool:
    return any(w.lower() in _NEGATES or w.lower() in _SHUTS_OUT for w in words)


def exception_left(claim: str, sentence: str) -> bool:
    """A sentence that makes an exception, for a claim that makes none."""
    return bool(_EXCEPT.search(sentence)) and not _EXCEPT.search(claim) and not polarity.negations(_low(claim))


def compares_anew(claim: str, evidence: str) -> bool:
    """A comparison, or an "all", that the source does not make."""
    known = evidence.lower()
    made = {m.group().lower() for m in _COMPARES.finditer(claim)}
    return any(word not in known and not (" than" in word and " than" in known) for word in made)


def modal_changed(claim: str, clause: str) -> bool:
    """ "Must" for "may" or the other way round, or done for planned."""
    if _PLANNED.search(clause) and not (_PLANNED.search(claim) or _MAY.search(claim) or _MUST.search(claim)):
        return True
    if polarity.negations(_low(claim)):
        return False
    mine, theirs = _forces(claim), _forces(clause)
    return bool(mine and theirs and not mine & theirs)


def _forces(text: str) -> set[str]:
    return {name for name, pattern in (("must", _MUST), ("may", _MAY)) if pattern.search(text)}


def bound_changed(claim: str, evidence: str) -> bool:
    """ "Over 40" for "about 40", or "five" for "up to five"; the figures that both have are compared."""
    mine, theirs = _bounds(claim), _bounds(evidence)
    said = _low(claim)
    return any(mine.get(figure) != kind for figure, kind in theirs.items() if figure in said) or any(
        figure not in theirs and figure in _low(evidence) and kind != "about" for figure, kind in mine.items()
    )


def bound_left(claim: str, clause: str) -> bool:
    """ "Days may be kept" for "up to five days may be kept": what the limit is of, without any number."""
    said = set(_low(claim))
    if any(word[:1].isdigit() for word in said):
        return False
    for match in _BEFORE_FIGURE.finditer(clause):
        if match["about"] is None and match["figure"][0].isdigit():
            of = _low(clause[match.end() :])[:2]
            if of and said.issuperset(of):
                return True
    return False


def choice_left(said: Set[str], clause: Clause) -> bool:
    """One of "this or that" alone."""
    stems = [w.stem for w in clause.words]
    if "or" not in stems or "or" in said:
        return False
    at = stems.index("or")
    sides = [w.stem for w in clause.words[:at] if w.content][-1:], [w.stem for w in clause.words[at:] if w.content][:1]
    return any(s in said for side in sides for s in side) and not all(s in said for side in sides for s in side)


def _bounds(text: str) -> dict[str, str]:
    found = {}
    for match in _BEFORE_FIGURE.finditer(text):
        kind = next(name for name in ("least", "most", "about") if match[name])
        if match["figure"][0].isdigit():
            found[match["figure"].rstrip(".,")] = kind
    return found


def _low(text: str) -> list[str]:
    return [word.strip(".,;:()").lower() for word in text.split()]
