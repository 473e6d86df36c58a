"""A question that asks for several things, taken apart: "When and where was it held, and who spoke?"

Rules for English; any other question is one part.
"""

import re

from core.types import Turn
from service.conversation.follow_up import understand

_WORD = r"(?:who|whom|whose|when|where|what|which|how|why)"
_PAIR = re.compile(rf"^(?P<first>{_WORD}(?:\s+(?:much|many|long|often|far))?),?\s+and\s+(?P<second>{_WORD}\b.*)$", re.I)
_NEXT = re.compile(rf"(?:,?\s+and\s+|[?;]\s+(?:and\s+)?)(?={_WORD}\b)", re.I)
_LEADING = re.compile(rf"^{_WORD}(?:\s+(?:much|many|long|often|far))?\s+", re.I)
_MOST = 3
_FEWEST_WORDS = 2


def parts(question: str) -> list[str]:
    """The questions within a question, at most three, each fit to be asked alone; the question itself if it is one."""
    found = _sharing(question) or _NEXT.split(question)
    if len(found) == 1 or any(len(piece.split()) < _FEWEST_WORDS for piece in found):
        return [question]
    first, *others = [f"{piece.strip(' ,;?.')}?" for piece in found[:_MOST]]
    return [first, *(_alone(other, first) for other in others)]


def _alone(part: str, first: str) -> str:
    """With its pronoun filled in from the first part; otherwise as it is."""
    understood = understand(part, [Turn("user", first)])
    return part if understood.endswith(f"({first})") else understood


def _sharing(question: str) -> list[str]:
    """ "When and where was it held" is cut at "and", but its halves share what follows."""
    match = _PAIR.match(question.strip())
    if match is None:
        return []
    rest = _LEADING.sub("", match["second"], count=1)
    pieces = _NEXT.split(rest)
    second_word = match["second"][: len(match["second"]) - len(rest)].strip()
    return [f"{match['first']} {pieces[0]}", f"{second_word} {pieces[0]}", *pieces[1:]]
