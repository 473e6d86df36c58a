"""What all patterns share: the rest of a clause cut to what belongs in a question, and the question's last check."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from evals.generate.casing import Casing
from evals.generate.clause import Clause
from evals.generate.verbs import verb

LONGEST_REST = 14


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer, both as plain text; ``rule`` names the pattern."""

    question: str
    answer: str
    rule: str


@dataclass(frozen=True, slots=True)
class Material:
    """A plain sentence, its clause where it has one, and how its words are written."""

    sentence: str
    clause: Clause | None
    casing: Casing


Pattern = Callable[[Material], list[Asked]]

_CUT = re.compile(
    r", (?=(?:which|who|whom|whose|where|when|and|but|or|while|with|including|as|although|though|because|so|such|"
    r"making|leading|resulting|followed|after|before|until|since|if|even|particularly|especially|\w+ing|\w+ed)\b)"
)
_NEXT_CLAUSE = re.compile(
    r", (?:which|who|whose|where|when|as|although|though|while|because|but|leading|making|"
    r"and (?:is|was|are|were|has|had|\w+ed)) "
    r"|,? and (?:this|it|he|she|they|that|so|is|was|are|were|has|had|around) "
    r"|, (?:and|but|so) (?:\w+ ){1,4}(?:is|was|are|were|does|do|did) "
)
_AND = re.compile(r"(?P<before>\w+),? and (?P<word>\w+)")
_COORDINATED = re.compile(r" (?:and|but|while|although|because|so that|whereas|when|until|before|after) ")
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:he|she|it|they|him|them|we|us|you|i|this|that one|these|those|such|latter|former|aforementioned|"
    r"above|below|following|here|there(?! (?:in|are|is|was|were))|however|therefore|thus|another|others|same|likewise|"
    r"his|her|hers|its|their|our|your|my|ago|today|recently|currently|now|also|respectively|e\.g|i\.e|etc)\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("him her it them us this these that those he she they his its their".split()) - {"that"}
_ENDS_BADLY = frozenset("the a an and or but that which who very more most so its their his her".split())


def cut(rest: str) -> str | None:
    """The rest up to a comma that begins something new; None where a comma stays, or it is too long."""
    kept = _CUT.split(rest, maxsplit=1)[0].strip(" ,")
    if "," in re.sub(r"(?<=\d),(?=\d{3})", "", kept) or len(kept.split()) > LONGEST_REST:
        return None
    return kept


def before_conjunction(rest: str) -> str:
    return _COORDINATED.split(rest, maxsplit=1)[0].strip(" ,")


def joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def as_question(*parts: str) -> str:
    text = joined(*parts)
    return f"{text[0].upper()}{text[1:]}?"


def reads_well(question: str, answer: str) -> bool:
    """Nothing that points outside the question, no loose end, not the answer itself."""
    words = question[:-1].split()
    if not 3 <= len(words) <= 24 or not answer.strip():
        return False
    if _POINTS_ELSEWHERE.search(question) or re.search(r"[,;:]\?$|\s[,.]|\b(\w+) \1\b", question):
        return False
    if words[-1].lower() in _ENDS_BADLY or any(
        word.endswith((".", ",")) and word[:-1].islower() for word in words[:-1] if "," in word
    ):
        return False
    if " between " in question and " and " not in question:
        return False
    if answer.split()[0].lower() in _PRONOUNS or re.search(r"\b(?:following|below|above)\b", answer):
        return False
    return answer.lower().strip(" .") not in question.lower()


def shortened(answer: str) -> str:
    """An answer up to where the next clause begins."""
    kept = _NEXT_CLAUSE.split(answer, maxsplit=1)[0]
    for match in _AND.finditer(kept):
        known = verb(match["word"])
        if known is not None and known.tense == "past" and not match["before"].endswith("ed"):
            kept = kept[: match.end("before")]
            break
    return kept.strip(" ,")


def coordinates_verbs(text: str) -> bool:
    """ "started and grew": cut or turned around, such a pair loses its grammar."""
    words = text.split()
    return any(
        word == "and" and ((known := verb(after)) is not None and known.tense == "past")
        for word, after in pairwise(words)
    )
