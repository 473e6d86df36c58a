"""HTML to blocks, by selectolax (lexbor): the text that a reader of the page would call its content."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, clean, fold_spaces
from ingest.html_text import (
    BLOCKS,
    DROPPED,
    HEADINGS,
    OF_BLOCKS,
    defined,
    flat,
    glossary_lines,
    is_glossary,
    is_permalink,
    list_lines,
)
from ingest.tables import table_lines

_DROPPED_AT_TOP = {"header", "footer", "aside"}  # page furniture, unless inside the article itself
_DROPPED_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"}
_MOST_SPANNED = 100  # columns or rows by one cell; a page may claim any number
_MIN_MAIN_SHARE = 0.3
_NEW_LINE = "\n"


def parse(text: str | bytes, name: str) -> Parsed:
    """Blocks of ``<main>`` or ``<article>`` where one holds most of the text, else of the whole body."""
    tree = LexborHTMLParser(clean(text))
    title_node = tree.css_first("head > title") or tree.css_first("title")
    title = fold_spaces(title_node.text()) if title_node else None
    builder = TextBuilder()
    root = _content_root(tree)
    if root is not None:
        _Walker(builder, inside_article=root.tag in ("main", "article")).walk(root)
    return builder.build(title or builder.first_heading())


def parse_fragment(fragment: str, builder: TextBuilder) -> None:
    """Add the blocks of a piece of HTML, as it stands inside Markdown."""
    body = LexborHTMLParser(fragment).body
    if body is not None:
        _Walker(builder, inside_article=True).walk(body)


def _content_root(tree: LexborHTMLParser) -> LexborNode | None:
    body = tree.body
    if body is None:
        return None
    whole = len(body.text()) or 1
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text()) > _MIN_MAIN_SHARE * whole:
            return found[0]
    return body


class _Walker:
    """Depth-first over the tree; inline text gathers until a block element ends it."""

    def __init__(self, builder: TextBuilder, inside_article: bool) -> None:
        self._builder = builder
        self._inside_article = inside_article
        self._inline: list[str] = []
        self._terms: list[str] = []  # of a definition list, until their definition comes

    def walk(self, root: LexborNode) -> None:
        self._children(root)
        self._end_terms()

    def _end_terms(self) -> None:
        """End the paragraph; terms that no paragraph defines are one."""
        self._flush()
        if self._terms:
            self._builder.add(BlockKind.PARAGRAPH, ", ".join(self._terms))
            self._terms.clear()

    def _flush(self) -> None:
        lines = "".join(self._inline).split(_NEW_LINE)
        self._inline.clear()
        text = "\n".join(fold_spaces(line) for line in lines).strip()
        if text:
            self._builder.add(BlockKind.PARAGRAPH, defined(self._terms, text))
            self._terms.clear()

    def _children(self, node: LexborNode) -> None:
        # An explicit stack: pages nest deeper than Python's recursion allows.
        stack: list[tuple[LexborNode | None, bool]] = [(node.child, False)]
        while stack:
            current, leaving = stack.pop()
            if current is None:
                continue
            if leaving:
                self._end_paragraph(current)
                continue
            stack.append((current.next, False))
            tag = current.tag
            if tag == "-text":
                # Source line breaks are spaces in HTML; real ones come from <br>.
                self._inline.append((current.text_content or "").replace("\n", " "))
            elif tag == "br":
                self._inline.append(_NEW_LINE)
            elif self._is_dropped(current):
                continue
            elif tag == "dt" and current.css_first(OF_BLOCKS) is None:
                self._flush()
                if term := flat(current):
                    self._terms.append(term)
            elif tag in HEADINGS:
                self._end_terms()
                self._builder.add(BlockKind.HEADING, flat(current), level=HEADINGS[tag])
            elif tag == "pre":
                self._end_terms()
                self._builder.add(BlockKind.CODE, current.text())
            elif tag in ("ul", "ol"):
                self._end_terms()
                self._builder.add(BlockKind.LIST, "\n".join(list_lines(current)))
            elif tag == "dl" and is_glossary(current):
                self._end_terms()
                self._builder.add(BlockKind.LIST, "\n".join(glossary_lines(current)))
            elif tag == "table" and not _is_layout(current):
                self._end_terms()
                self._table(current)
            else:
                if tag in BLOCKS:
                    self._end_paragraph(current)
                    stack.append((current, True))
                stack.append((current.child, False))

    def _end_paragraph(self, node: LexborNode) -> None:
        """At the border of a block; a list's terms are its own."""
        if node.tag == "dl":
            self._end_terms()
        else:
            self._flush()

    def _is_dropped(self, node: LexborNode) -> bool:
        tag, attributes = node.tag or "", node.attributes
        if tag in DROPPED or tag.startswith(("-", "!")) or "hidden" in attributes or is_permalink(node):
            return True
        if self._inside_article:
            return False
        return tag in _DROPPED_AT_TOP or attributes.get("role") in _DROPPED_ROLES

    def _table(self, table: LexborNode) -> None:
        rows, header = _grid(table)
        caption = table.css_first("caption")
        if caption is not None:
            self._builder.add(BlockKind.PARAGRAPH, flat(caption))
        self._builder.add(BlockKind.TABLE, "\n".join(table_lines(rows, header=header)))


def _grid(table: LexborNode) -> tuple[list[list[str]], bool | None]:
    """The cells of a table, merged ones filled up, and whether the first row names the columns; None: not told.

    A cell over several rows is in each of them, so that each can be understood alone.
    """
    rows: list[list[str]] = []
    header = None
    hanging: dict[int, tuple[int, str]] = {}  # column to how many rows more, and the text
    for row in table.css("tr"):
        cells = [c for c in row.iter() if c.tag in ("td", "th")]
        if not rows and len(cells) > 1:
            header = all(c.tag == "th" for c in cells[1:]) or None
        line: list[str] = []
        for cell in [*cells, None]:
            while (left := hanging.get(len(line), (0, "")))[0] > 0:
                hanging[len(line)] = left[0] - 1, left[1]
                line.append(left[1])
            if cell is None:
                break
            text, wide, high = flat(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for i in range(wide):
                hanging[len(line)] = high - 1, text if i == 0 else ""
                line.append(text if i == 0 else "")
        rows.append(line)
    return rows, header


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(_MOST_SPANNED, max(1, int(value))) if value.isascii() and value.isdigit() else 1


def _is_layout(table: LexborNode) -> bool:
    # css_first takes the node itself into account, so what is below it is asked.
    return any(part.css_first("table") for part in table.iter()) or len(table.css("td, th")) <= 1
