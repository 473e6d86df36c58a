"""Lines of PDF pages to blocks: paragraphs, headings, lists, tables and code told apart."""

from collections import Counter, deque
from dataclasses import replace
from itertools import pairwise

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder
from ingest.pdf_furniture import NEIGHBOURS, Furniture, Page
from ingest.pdf_lines import Line
from ingest.pdf_overleaf import Bottoms, Foot, goes_on_overleaf
from ingest.pdf_paragraphs import BULLET, BULLETS, continues, goes_on, nearness
from ingest.pdf_tables import tables_of
from ingest.pdf_words import Words, space_between

_HEADING_CHARS = 120
_RUNNING_CHARS = 30
_ENOUGH_RUNNING = 200  # letters
_LARGER = 1.12
_LEVELS = 6


class Layout:
    """Takes the pages in order and appends their blocks; holds no more pages than tell what is furniture.

    No block crosses a page, so every block has one page.
    """

    def __init__(self, builder: TextBuilder, pages: int) -> None:
        self._builder = builder
        self._furniture = Furniture(pages)
        self._words = Words()
        # Letters by type size, of all lines and of running text: long tables are often set in smaller type.
        self._sizes: Counter[float] = Counter()
        self._running_sizes: Counter[float] = Counter()
        self._fixed_pitch = 0
        self._waiting: deque[Page] = deque()
        self._heading_sizes: list[float] = []
        self._foot: Foot | None = None  # of a paragraph that may go on
        self._right = 0.0  # where the lines of the page end
        self._bottoms = Bottoms()
        self.flattened: list[int] = []
        """Pages with tables whose columns could not be named."""

    def add(self, page: Page) -> None:
        self._furniture.learn(page)
        for line in page.lines:
            self._sizes[_rounded(line.size)] += len(line.text)
            self._fixed_pitch += len(line.text) if line.fixed_pitch else 0
            self._words.learn(line.text, line.hyphenated)
        for above, line in pairwise(page.lines):
            if _is_running(above) and _is_running(line) and _rounded(above.size) == _rounded(line.size):
                self._running_sizes[_rounded(line.size)] += len(line.text)
        self._waiting.append(page)
        if len(self._waiting) > NEIGHBOURS:
            self._emit(self._waiting.popleft())

    def finish(self) -> None:
        """Append what still waits for its neighbours."""
        while self._waiting:
            self._emit(self._waiting.popleft())

    def levelled(self, parsed: Parsed) -> Parsed:
        """With the levels of headings by their type sizes, the largest first."""
        sizes: list[float] = []
        for size in sorted(set(self._heading_sizes), reverse=True):
            if not sizes or sizes[-1] - size > 0.6:
                sizes.append(size)
        levels = iter([sum(s > size + 0.6 for s in sizes) + 1 for size in self._heading_sizes])
        blocks = tuple(
            replace(b, level=min(_LEVELS, next(levels))) if b.level is not None else b for b in parsed.blocks
        )
        return replace(parsed, blocks=blocks)

    def _emit(self, page: Page) -> None:
        code = self._fixed_pitch * 2 < self._sizes.total()
        lines = self._furniture.without(page)
        flow = _Flow(self, page.number, self._body(), code, nearness(lines))
        self._right = max((line.x1 for line in lines), default=0.0)
        tables = tables_of(lines)
        if any(table.flattened for table in tables):
            self.flattened.append(page.number)
        position = 0
        for table in tables:
            flow.add(lines[position : table.start])
            self._builder.add(BlockKind.TABLE, "\n".join(table.rows), page=page.number)
            self._foot = None
            position = table.end
        flow.add(lines[position:])
        self._bottoms.add(lines)

    def _body(self) -> float:
        """The type size of the text, as far as the pages are known; of all lines where there is hardly running text."""
        told = self._running_sizes.total() >= _ENOUGH_RUNNING
        sizes = self._running_sizes if told else self._sizes
        return sizes.most_common(1)[0][0] if sizes else 10.0

    def _add(self, kind: BlockKind, group: list[Line], page: int) -> None:
        glue = self._glue(kind, group, page)
        self._foot = Foot.of(group, page, self._right) if kind is BlockKind.PARAGRAPH else None
        if kind is BlockKind.CODE:
            self._builder.add(kind, _code(group), page=page)
            return
        level = None
        if kind is BlockKind.HEADING:
            level = 1
            self._heading_sizes.append(max(line.size for line in group))
        self._builder.add(kind, self._text(group, kind), page=page, level=level, glue=glue)

    def _glue(self, kind: BlockKind, group: list[Line], page: int) -> str:
        """What stands between a block and the last one: less than a blank line where a paragraph goes on overleaf."""
        foot = self._foot
        if foot is None or kind is not BlockKind.PARAGRAPH or foot.page != page - 1:
            return "\n\n"
        if not goes_on_overleaf(foot, group, self._bottoms):
            return "\n\n"
        return "" if foot.line.hyphenated else space_between(foot.line.text, group[0].text)

    def _text(self, group: list[Line], kind: BlockKind) -> str:
        parts: list[str] = []
        for i, line in enumerate(group):
            added = line.text
            if kind is BlockKind.LIST and added[0] in BULLETS:
                added = f"- {added[1:].lstrip()}"
            if i and kind is BlockKind.LIST and BULLET.match(added):
                parts.append("\n")
            elif i:
                stem = self._words.joined(parts[-1], added, group[i - 1].hyphenated)
                if stem is None:
                    parts.append(space_between(parts[-1], added))
                else:
                    parts[-1] = stem
            parts.append(added)
        return "".join(parts)


class _Flow:
    """Lines outside of tables to blocks."""

    def __init__(self, layout: Layout, page: int, body: float, code: bool, near: float) -> None:
        self._layout = layout
        self._page = page
        self._body = body
        self._code = code
        self._near = near

    def add(self, lines: list[Line]) -> None:
        group: list[Line] = []
        kind = BlockKind.PARAGRAPH
        for line in lines:
            line_kind = self._kind(line)
            odd = line_kind in (BlockKind.HEADING, BlockKind.LIST) and kind is not line_kind
            if odd and group and goes_on(group, kind, line, line_kind, self._near):
                line_kind = BlockKind.PARAGRAPH
            if group and not continues(group, line, kind, line_kind, self._near):
                self._layout._add(kind, group, self._page)
                group = []
            if not group:
                kind = line_kind
            group.append(line)
        if group:
            self._layout._add(kind, group, self._page)

    def _kind(self, line: Line) -> BlockKind:
        if self._code and line.fixed_pitch:
            return BlockKind.CODE
        if line.text[0] not in BULLETS and self._is_heading(line):
            return BlockKind.HEADING
        return BlockKind.LIST if BULLET.match(line.text) else BlockKind.PARAGRAPH

    def _is_heading(self, line: Line) -> bool:
        """Larger than the body or bold, short, with letters, and not the end of a sentence."""
        text, body = line.text, self._body
        if len(text) > _HEADING_CHARS or text.endswith((".", ",", ";")) or not any(c.isalpha() for c in text):
            return False
        return line.size >= _LARGER * body or (line.bold and line.size >= 0.9 * body and len(text) >= 3)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _is_running(line: Line) -> bool:
    """Whether it may be a line of running text; a title may be, too, but not two of them in a row."""
    return line.cells == 1 and len(line.text) >= _RUNNING_CHARS


def _code(group: list[Line]) -> str:
    """Lines with the spaces before them, as wide as the letters of the font."""
    left = min(line.x0 for line in group)
    out: list[str] = []
    for i, line in enumerate(group):
        text = line.text.replace(" | ", "  ")
        width = (line.x1 - line.x0) / max(1, len(text))
        if i and group[i - 1].y0 - line.y1 > 0.8 * line.size:
            out.append("")
        out.append(" " * min(40, round((line.x0 - left) / max(width, 1.0))) + text)
    return "\n".join(out)
