"""A list is quoted whole: the line that opens it with its items, and all items where several things are asked for."""

import re
from dataclasses import replace

from service.answer.reader import Candidate
from service.answer.sentences import ITEM, sentences

_ITEM = re.compile(rf"[ \t\u3000]*{ITEM}")
# Questions for several things, in the languages whose plurals show.
_SEVERAL = re.compile(
    r"^\s*(?:(?:what|which)\s+(?:\w+\s+){0,3}(?:are|were|have|do|can|should|must|will)\b|(?:please\s+)?(?:list|name|give)\b|"
    r"(?:what|which)\s+\w+s\b(?<!ss)(?<!this)(?<!is)(?<!was)(?<!does)(?<!has)"
    r"|welche\s+(?:\w+\s+){0,3}(?:sind|waren|haben|gibt|gehören|können|müssen|dürfen|sollen|werden)\b|(?:nennen?|nennt|liste|listen\s+sie)\b"
    r"|(?:quels|quelles)\b|(?:énum(?:ère|érez)|cite|citez|liste|listez)\b|¿?\s*(?:cuáles|qué\s+\w+s\s+(?:son|hay|tienen|fueron))\b"
    r"|(?:enumer|nombr)\w+\b|какие\b|(?:перечисли|назови)\w*\b)|哪些|哪几|列出|列举|有什么|どの(?:よう|ような)?.{0,12}(?:ありますか|ですか)$|何と何|列挙",
    re.I,
)
_LONGEST = 1200


def whole_list(candidate: Candidate, question: str) -> Candidate:
    """The candidate, widened to the list that it opens, or to the list that it is one of."""
    text = candidate.hit.passage.text
    offset = candidate.hit.passage.start
    start, end = candidate.start - offset, candidate.end - offset
    if text[start:end].endswith((":", "：")):
        wide = start, _last_item(text, end)
    elif _SEVERAL.search(question) and _ITEM.match(text, _line_start(text, start)):
        wide = _opening(text, start), _last_item(text, end)
    else:
        return candidate
    if wide[1] - wide[0] > _LONGEST:
        return candidate
    return replace(candidate, start=offset + wide[0], end=offset + wide[1])


def _last_item(text: str, end: int) -> int:
    """Where the items that follow stop; lines that are indented go on with their item."""
    position = end
    inside = False
    while (line := _next_line(text, position)) is not None:
        start, stop = line
        if _ITEM.match(text, start):
            inside = True
        elif not (inside and text[start].isspace()):
            break
        position = stop
    return len(text[:position].rstrip())


def _opening(text: str, start: int) -> int:
    """Where the list begins: its first item, or the line before that if it ends with a colon."""
    first = line = _line_start(text, start)
    while line > 0:
        above = _line_start(text, len(text[:line].rstrip()) - 1 if text[:line].strip() else 0)
        if above >= line or not text[above:line].strip():
            break
        if _ITEM.match(text, above):
            first = line = above
        elif text[above:line].rstrip().endswith((":", "：")):
            return above + sentences(text[above:line])[-1][0]
        elif text[above].isspace():
            line = above
        else:
            break
    return first + len(text[first:start]) - len(text[first:start].lstrip())


def _line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, max(0, position)) + 1


def _next_line(text: str, position: int) -> tuple[int, int] | None:
    """The next line that is not empty."""
    while position < len(text):
        start = text.find("\n", position) + 1
        if start == 0:
            return None
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        if text[start:stop].strip():
            return start, stop
        position = start
    return None
