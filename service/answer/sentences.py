"""Text to sentences with exact offsets: the units that answers quote.

Rules, not a model: linear in the text's length, exact by construction, and the same for every run. They know the marks
of many scripts, and abbreviations of the languages in ``abbreviations``. Blank lines, list items and table rows end a
sentence whatever they end with; a line break inside a paragraph does not, since plain text is often wrapped.
"""

import re
from collections.abc import Iterator
from functools import partial

from service.answer.abbreviations import ends_sentence
from service.answer.unmarked import has_unmarked, unmarked_phrases

Span = tuple[int, int]
"""Start and end, in code points, end exclusive."""

_HAN_FIGURE = "[一二三四五六七八九十]"
ITEM = (
    r"(?:[-*•‣◦▪●–]\s|[・○■□◆※►✓]|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|\(?[а-я]\)\s|[①-⑳]"
    rf"|(?:\d{{1,3}}|{_HAN_FIGURE}{{1,3}})(?:、|．(?!\d))|[（(](?:\d{{1,3}}|{_HAN_FIGURE}{{1,3}})[)）])"
)
"""Pattern of what opens an item of a list."""
_LINES_APART = re.compile(rf"\n(?=[ \t\u3000]*(?:\n|{ITEM}))")
_UNSEEN = "\u200b\u200e\u200f\u061c"
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK_MARKS = "。！？｡⁇⁈⁉‼．"
_CLOSING = "\"'”’“‘»«›‹)\\]"
_CJK_CLOSING = "”’」』）》〉】〕］｝»"
# A run of marks is tried once, from its first mark and as a whole: a megabyte of dots is no harder than of words.
_END = re.compile(
    rf"(?<![.!?…])[.!?…]++(?:[\s]»(?=\s|$))?[{_CLOSING}{_UNSEEN}]*+(?=\s)"
    rf"|(?<=[{_CJK}])[!?]++(?=[{_CJK}])"  # typed with a Latin keyboard
    rf"|[。！？｡⁇⁈⁉‼]++[{_CJK_CLOSING}]*+"
    rf"|．[{_CJK_CLOSING}]*+(?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])"
    rf"|(?<![।॥؟۔։\u037e᙮᠃᱾᱿꫰꫱꯫])[।॥؟۔։\u037e᙮᠃᱾᱿꫰꫱꯫]++[{_CLOSING}{_UNSEEN}]*+(?=\s|$)"
    rf"|[។៕။።፧፨༎]++[{_CLOSING}{_UNSEEN}]*+"  # of scripts that seldom put a space after them
    r"|(?<=[\u0370-\u03ff\u1f00-\u1fff]);(?=\s|$)"  # the Greek question mark
)
# Marks inside a short quotation or bracket belong to it: 「行きます。」と言った。
_LONGEST_QUOTATION = 100
_QUOTATION = re.compile(rf"[「『（“][^「『（“」』）”\n]{{0,{_LONGEST_QUOTATION}}}(?:[」』）”]|\Z)")
_CLOSES = re.compile(rf"[{_CJK_CLOSING}]\Z")
_GOES_ON = re.compile("[とっとのをがはにもやで、，,；;：:。．他她它说道问和]")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«„‚»]+$")
_NEXT_START = re.compile(rf"""\s+(?:[—–-]\s+)?["'“‘«„(\[{_UNSEEN}]*(\S)""")
_FEW_WORDS = 60  # characters that tell the word after a full stop


def sentences(text: str) -> list[Span]:
    """The sentences of a text in order, without the white space around them; together they hold all words."""
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[Span]:
    """As ``sentences``, one at a time."""
    for start, end in _paragraphs(text):
        yield from _split(text, start, end)


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for line_end in _breaks(text):
        if trimmed := _trim(text, start, line_end):
            yield trimmed
        start = line_end


def _breaks(text: str) -> Iterator[int]:
    """Where a new line begins something new: after a blank line, at a list item, at or after a table row."""
    for match in re.finditer(r"\n", text):
        here = match.start()
        before = text[text.rfind("\n", 0, here) + 1 : here]
        following = text.find("\n", here + 1)
        after = text[here + 1 : following if following >= 0 else len(text)]
        if " | " in before or " | " in after or _LINES_APART.match(text, here) or not before.strip():
            yield here + 1
    yield len(text)


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    position = start
    quotations = _QUOTATION.finditer(text, start, end)
    quoted = next(quotations, None)
    phrases = partial(unmarked_phrases, text) if has_unmarked(text, start, end) else None
    for match in _END.finditer(text, start, end):
        while quoted is not None and quoted.end() < match.end():
            quoted = next(quotations, None)
        inside = quoted is not None and quoted.start() < match.start() and match.end() < quoted.end()
        inside = inside and match.group()[0] in _CJK_MARKS
        if match.end() == end or inside or not _ends(text, match, end):
            continue
        if trimmed := _trim(text, position, match.end()):
            yield from phrases(*trimmed) if phrases else (trimmed,)
            position = match.end()
    if trimmed := _trim(text, position, end):
        yield from phrases(*trimmed) if phrases else (trimmed,)


def _ends(text: str, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    if mark[0] in _CJK_MARKS:
        if mark[0] == "．" and text[match.start() - 1 : match.start()].isdigit():
            return not _begins_line(text, match.start() - 1)
        # 「行きます。」と言った: after a quotation the sentence may go on.
        return not (_CLOSES.search(mark) and _GOES_ON.match(text, match.end(), end))
    if mark[0] not in ".…":
        # "Yahoo! is", "(what?) and": a small letter goes on, but only after spaced scripts' marks.
        return mark[0] not in "!?" or not _next_is_lower(text, match.end(), end)
    if _next_is_lower(text, match.end(), end):
        return False
    if mark[0] == "…" or mark.startswith(".."):
        return True
    word_match = _LAST_WORD.search(text[max(0, match.start() - 30) : match.start()])
    if word_match is None or mark != ".":
        return True
    word = word_match.group()
    if word.isdigit() and len(word) <= 3 and _begins_line(text, match.start() - len(word)):
        return False  # the number of an item at its start: "3. Open the lid"
    return ends_sentence(text, word, match.start(), text[match.end() : min(end, match.end() + _FEW_WORDS)])


def _next_is_lower(text: str, position: int, end: int) -> bool:
    following = _NEXT_START.match(text, position, end)
    return following is not None and following.group(1).islower()


def _begins_line(text: str, position: int) -> bool:
    while position > 0 and text[position - 1] in " (":
        position -= 1
    return position == 0 or text[position - 1] == "\n"


def _trim(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(stripped)
