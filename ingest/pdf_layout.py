"""Lines of PDF pages to blocks: page furniture dropped, paragraphs, headings, lists and tables told apart."""

import re
from collections import Counter
from dataclasses import dataclass

from core.types import BlockKind
from ingest.blocks import TextBuilder
from ingest.pdf_lines import Line

_MARGIN = 0.09  # of the page's height, at the top and at the bottom, is where furniture stands
_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.I)
_BULLET = re.compile(r"(?:[•●▪■◦‣○–*·-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S")
_SENTENCE_END = tuple('.!?:;。！？”")')
_HEADING_CHARS = 120


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number (from 1), height in points and lines."""

    number: int
    height: float
    lines: list[Line]


def add_pages(pages: list[Page], builder: TextBuilder) -> None:
    """Append the blocks of all pages. No block crosses a page, so every block has one page."""
    furniture = _furniture(pages)
    body = _body_size(pages)
    for page in pages:
        lines = [line for line in page.lines if not _is_furniture(line, page, furniture)]
        _add_page(lines, page.number, body, builder)


def _furniture(pages: list[Page]) -> set[str]:
    """Lines in the margins that come back on many pages, digits aside."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line.text) for line in page.lines if _in_margin(line, page)})
    enough = max(3, len(pages) // 4)
    return {shape for shape, count in seen.items() if count >= enough}


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text).lower()


def _in_margin(line: Line, page: Page) -> bool:
    middle = (line.y0 + line.y1) / 2
    return middle > page.height * (1 - _MARGIN) or middle < page.height * _MARGIN


def _is_furniture(line: Line, page: Page, furniture: set[str]) -> bool:
    if not _in_margin(line, page):
        return False
    return _shape(line.text) in furniture or _PAGE_NUMBER.fullmatch(line.text) is not None


def _body_size(pages: list[Page]) -> float:
    """The type size, in half points, that most characters are set in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _add_page(lines: list[Line], number: int, body: float, builder: TextBuilder) -> None:
    group: list[Line] = []
    kind = BlockKind.PARAGRAPH

    def flush() -> None:
        nonlocal group
        if group:
            level = _heading_level(group[0], body) if kind is BlockKind.HEADING else None
            builder.add(kind, _text(group, kind), page=number, level=level)
        group = []

    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        line_kind = _kind(line, following, body)
        if not group or not _continues(group, line, kind, line_kind):
            flush()
            kind = line_kind
        group.append(line)
    flush()


def _kind(line: Line, following: Line | None, body: float) -> BlockKind:
    if line.cells >= 2 and any(c.isdigit() for c in line.text):
        return BlockKind.TABLE
    if line.cells >= 3 or (line.cells == 2 and following is not None and following.cells >= 2):
        return BlockKind.TABLE
    if _is_heading(line, body):
        return BlockKind.HEADING
    return BlockKind.LIST if _BULLET.match(line.text) else BlockKind.PARAGRAPH


def _is_heading(line: Line, body: float) -> bool:
    """Larger than the body or bold, short, with letters, and not the end of a sentence."""
    text = line.text
    if len(text) > _HEADING_CHARS or text.endswith((".", ",", ";")) or not any(c.isalpha() for c in text):
        return False
    return line.size >= 1.2 * body or (line.bold and line.size >= 0.9 * body and len(text) >= 3)


def _heading_level(line: Line, body: float) -> int:
    ratio = line.size / body if body else 1.0
    return next(level for level, least in enumerate((1.8, 1.45, 1.2, 0.0), 1) if ratio >= least)


def _continues(group: list[Line], line: Line, kind: BlockKind, line_kind: BlockKind) -> bool:
    last = group[-1]
    gap = last.y0 - line.y1  # below zero where line boxes overlap, as they usually do
    near = -1.5 * line.size < gap < 0.55 * max(line.size, last.size)
    if kind is BlockKind.HEADING or line_kind is BlockKind.HEADING:
        # A heading may run over two lines.
        return kind is line_kind and near and abs(last.size - line.size) < 0.6 and last.bold == line.bold
    if kind is BlockKind.TABLE:
        # Rows keep together across small gaps; a label without figures between rows is one of them.
        loose = -1.5 * line.size < gap < 1.6 * line.size
        return loose and (line_kind is BlockKind.TABLE or (len(line.text) < 60 and line.cells == 1))
    if line_kind is BlockKind.TABLE:
        return False
    if not near:
        return False
    if line_kind is BlockKind.LIST:
        return kind is BlockKind.LIST
    # A new paragraph without a gap: the last line was short and ended a sentence.
    width = max(g.x1 for g in group) - min(g.x0 for g in group)
    ended = last.text.endswith(_SENTENCE_END) and last.x1 - last.x0 < 0.75 * width
    return not (ended and kind is BlockKind.PARAGRAPH and len(group) > 1)


def _text(group: list[Line], kind: BlockKind) -> str:
    if kind is BlockKind.TABLE:
        return "\n".join(line.text for line in group)
    parts: list[str] = []
    for i, line in enumerate(group):
        if i:
            if group[i - 1].hyphenated:
                pass  # the word goes on
            elif kind is BlockKind.LIST and _BULLET.match(line.text):
                parts.append("\n")
            else:
                parts.append(" ")
        parts.append(line.text)
    return "".join(parts)
