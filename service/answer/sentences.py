"""Text to sentences with exact offsets: the units that answers quote.

Rules, not a model: linear in the text's length, exact by construction, and the same for every run.
Blank lines, list items and table rows end a sentence whatever they end with; a line break inside a
paragraph does not, since plain text is often wrapped.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Start and end, in code points, end exclusive."""

_LINES_APART = re.compile(r"\n(?=[ \t]*(?:\n|[-*•‣◦▪●–]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s))")
# A run of marks is tried once, from its first mark and as a whole: a megabyte of dots is no harder than of words.
_END = re.compile(r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+(?=\s)|[。！？｡]+[”’」』）]*|(?<![।॥؟۔။።])[।॥؟۔။።]++(?=\s|$)""")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«]+$")
_NEXT_START = re.compile(r"""\s+["'“‘«(\[]*(\S)""")

# After these a full stop does not end a sentence, whatever follows.
_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr gen col lt sgt capt cpt cmdr adm rep sen gov pres rev hon messrs mme mlle mt ft "
    "cf vs approx ca viz al e.g i.e z.b d.h bzw".split()
)
# After these it does not before a figure: "No. 5", but "The answer was no."
_BEFORE_FIGURES = frozenset("no nos fig figs eq eqs sec secs art arts vol vols p pp ch chap par para v est".split())
# After these it may: it does unless a figure follows, as in "Dec. 27".
_MAYBE = frozenset(
    "inc corp co ltd llc plc bros etc dept univ assn ave blvd rd jan feb mar apr jun jul aug sep sept oct nov dec "
    "mon tue wed thu fri sat sun a.m p.m ph.d m.d b.a m.a".split()
)
# After these it mostly does not, as in "the U.S. Senate": only before a word that begins sentences rather than names.
_PLACES = frozenset("u.s u.k u.n e.u u.s.a d.c".split())
_BEGINNERS = frozenset(
    "the a an this that these those it its he she we they his her our their i you there here in on at by for from with "
    "as if when while after before since although but and or so then however is are was were do does did who what "
    "where why how which some many most all no not one both each".split()
)
_WORD = re.compile(r"\w+")
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


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
    for match in _END.finditer(text, start, end):
        if match.end() < end and _ends(text, match, end) and (trimmed := _trim(text, position, match.end())):
            yield trimmed
            position = match.end()
    if trimmed := _trim(text, position, end):
        yield trimmed


def _ends(text: str, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    if mark[0] not in ".…":
        # "Yahoo! is", "(what?) and": a small letter goes on, but only after spaced scripts' marks.
        return mark[0] not in "!?" or not _next_is_lower(text, match.end(), end)
    if _next_is_lower(text, match.end(), end):
        return False
    if mark[0] == "…" or mark.startswith(".."):
        return True
    word_match = _LAST_WORD.search(text[max(0, match.start() - 30) : match.start()])
    if word_match is None:
        return True
    word = word_match.group().lower()
    if mark == ".":
        following = _NEXT_START.match(text, match.end(), end)
        figure = following is not None and following.group(1).isdigit()
        if word in _TITLES:
            return False
        if word in _PLACES:
            return _next_word(text, match.end(), end) in _BEGINNERS
        if word in _MAYBE or word in _BEFORE_FIGURES:
            return not figure
        # "J. Smith", "A. B. Jones"; a list number at the start of its item: "3. Open the lid".
        if _INITIAL.fullmatch(word) and word_match.group()[0].isupper() and "." not in word:
            return word == "i"
        if word.isdigit() and len(word) <= 3 and _begins_line(text, match.start() - len(word)):
            return False
    return True


def _next_is_lower(text: str, position: int, end: int) -> bool:
    following = _NEXT_START.match(text, position, end)
    return following is not None and following.group(1).islower()


def _next_word(text: str, position: int, end: int) -> str:
    following = _WORD.search(text, position, end)
    return following.group().lower() if following else ""


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
