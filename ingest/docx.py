"""Word files to blocks: python-docx opens the package, the text is read from its XML.

The library's own ``paragraph.text`` leaves out tracked insertions and content controls, which a reader sees.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.types import BlockKind, Finding
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.docx_numbers import Numbering
from ingest.packages import whole
from ingest.tables import table_lines

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # a text box once more
_WRAPPERS = {f"{_W}{n}" for n in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
_GONE = {
    *(f"{_W}{n}" for n in ("del", "moveFrom", "pPr", "rPr", "instrText", "footnoteReference", "endnoteReference")),
    f"{_W}txbxContent",
    _FALLBACK,
}
_TEXT, _TAB, _PARAGRAPH, _TABLE = f"{_W}t", f"{_W}tab", f"{_W}p", f"{_W}tbl"
_BREAKS = {f"{_W}br", f"{_W}cr"}
_HEADING = re.compile(r"heading (\d)", re.I)
_CODE = re.compile(r"code|preformatted|verbatim|plain text", re.I)
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: heading level, list and level in it, and whether it is for code."""

    level: int | None
    numbering: tuple[str, int] | None
    is_item: bool
    is_code: bool


_PLAIN = _Style(None, None, False, False)


def parse(data: bytes, name: str) -> Parsed:
    """Headings by their styles, lists by their numbering, tables row by row, notes at the end. Raises ReadError."""
    import docx

    with whole(name, "Word file", "Save it again in Word or LibreOffice."):
        document = docx.Document(io.BytesIO(data))
        parts = {part.partname.rsplit("/", 1)[-1]: part for part in document.part.package.iter_parts()}
        numbering = _root(parts.get("numbering.xml"))
    styles = {style.style_id: _style(style) for style in document.styles if style.type == 1}
    reader = _Reader(styles, Numbering(numbering))
    reader.read(document.element.body)
    for file, tag in _NOTES:
        reader.notes(_root(parts.get(f"{file}.xml")), tag)
    builder = reader.builder
    return builder.build(document.core_properties.title or builder.first_heading(), findings=reader.findings())


def _root(part: Any | None) -> Any | None:
    """The XML of a part of the package, parsed without entities."""
    if part is None:
        return None
    from docx.oxml import parse_xml

    return parse_xml(part.blob)


class _Reader:
    def __init__(self, styles: dict[str, _Style], numbering: Numbering) -> None:
        self.builder = TextBuilder()
        self._styles = styles
        self._numbering = numbering
        self._run: list[str] = []  # lines of a list or of code that are not yet a block
        self._run_kind = BlockKind.LIST
        self._nested = 0

    def read(self, root: Any) -> None:
        for element in _body(root):
            if element.tag == _PARAGRAPH:
                self._paragraph(element)
                for box in element.iter(f"{_W}txbxContent"):
                    if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                        self._flush()
                        self.read(box)
            else:
                self._flush()
                self._nested += element.find(f".//{_TABLE}") is not None
                self.builder.add(BlockKind.TABLE, "\n".join(_rows(element)))
        self._flush()

    def notes(self, root: Any | None, tag: str) -> None:
        """Footnotes, a paragraph each."""
        for note in root.iter(f"{_W}{tag}") if root is not None else ():
            if note.get(f"{_W}type") in (None, "normal"):
                self.builder.add(BlockKind.PARAGRAPH, fold_spaces(" ".join(_text(p) for p in note.iter(_PARAGRAPH))))

    def findings(self) -> tuple[Finding, ...]:
        if not self._nested:
            return ()
        told = "Tables inside of tables were read cell by cell: their rows may be hard to tell apart."
        return (Finding("tables_flattened", told),)

    def _paragraph(self, element: Any) -> None:
        text = _text(element)
        folded = "\n".join(fold_spaces(line) for line in text.split("\n")).strip()
        style = self._styles.get(_value(element.find(f"{_W}pPr/{_W}pStyle")) or "", _PLAIN)
        level = _outline(element)
        level = style.level if level is None else level
        if not folded and self._run_kind is not BlockKind.CODE:
            return
        if level is not None:
            self._flush()
            self.builder.add(BlockKind.HEADING, folded, level=level)
        elif style.is_code:
            self._put(BlockKind.CODE, text)
        elif (mark := self._mark(element, style)) is not None:
            self._put(BlockKind.LIST, f"{mark} {fold_spaces(folded)}")
        else:
            self._flush()
            self.builder.add(BlockKind.PARAGRAPH, folded)

    def _mark(self, element: Any, style: _Style) -> str | None:
        """What stands before an item of a list; None for other paragraphs."""
        own = element.find(f"{_W}pPr/{_W}numPr")
        numbering = style.numbering if own is None else _list_of(own)
        if numbering is None:
            return "-" if style.is_item else None
        return None if numbering[0] == "0" else self._numbering.mark(*numbering)

    def _put(self, kind: BlockKind, text: str) -> None:
        if self._run_kind is not kind:
            self._flush()
        self._run_kind = kind
        self._run.append(text)

    def _flush(self) -> None:
        self.builder.add(self._run_kind, "\n".join(self._run))
        self._run.clear()
        self._run_kind = BlockKind.LIST


def _body(root: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in root:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _body(child)


def _text(root: Any) -> str:
    parts: list[str] = []
    stack = [iter(root)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == _TEXT:
            parts.append(child.text or "")
        elif child.tag == _TAB:
            parts.append(" ")
        elif child.tag in _BREAKS:
            parts.append("\n")
        elif child.tag not in _GONE:
            stack.append(iter(child))
    return "".join(parts)


def _rows(table: Any) -> list[str]:
    """A line a row of the table itself; what is nested in a cell is its text. Merged cells keep the columns in step."""
    rows: list[list[str]] = []
    marked = None
    for row in (r for part in _body_of_table(table) for r in part):
        if marked is None:
            marked = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        cells: list[str] = []
        above = rows[-1] if rows else []
        for cell in (c for c in _flat_children(row) if c.tag == f"{_W}tc"):
            text = " ".join(_text(p) for p in cell.iter(_PARAGRAPH))
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart" and len(cells) < len(above):
                text = text or above[len(cells)]  # a cell over several rows is in each, so that each stands alone
            span = _value(cell.find(f"{_W}tcPr/{_W}gridSpan")) or "1"
            cells += [text] + [""] * (min(int(span), 100) - 1 if span.isdigit() else 0)
        rows.append(cells)
    return table_lines(rows, header=True if marked else None)


def _body_of_table(table: Any) -> Iterator[list[Any]]:
    yield [child for child in _flat_children(table) if child.tag == f"{_W}tr"]


def _flat_children(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _flat_children(child)
        else:
            yield child


def _style(style: Any) -> _Style:
    """What a style says by itself or by the styles it is based on."""
    level, numbering, is_item, is_code = None, None, False, False
    for _ in range(10):
        if style is None:
            break
        name = style.name or ""
        match = _HEADING.match(name)
        if level is None and (match or name.lower() == "title"):
            level = min(_DEEPEST, int(match.group(1))) if match else 1
        own = style.element.find(f"{_W}pPr/{_W}numPr")
        numbering = numbering or (None if own is None else _list_of(own))
        is_item |= name.startswith("List ") and name != "List Paragraph"
        is_code |= bool(_CODE.search(name))
        style = style.base_style
    return _Style(level, numbering, is_item, is_code)


def _list_of(properties: Any) -> tuple[str, int] | None:
    number, level = _value(properties.find(f"{_W}numId")), _value(properties.find(f"{_W}ilvl")) or "0"
    return (number, int(level) if level.isdigit() else 0) if number else None


def _outline(paragraph: Any) -> int | None:
    found = _value(paragraph.find(f"{_W}pPr/{_W}outlineLvl"))
    return int(found) + 1 if found and found.isdigit() and int(found) < _DEEPEST else None


def _value(element: Any | None) -> str | None:
    return None if element is None else element.get(f"{_W}val")
