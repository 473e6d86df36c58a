"""Word files to blocks: python-docx opens the package, the text is read from its XML.

The library's own ``paragraph.text`` leaves out tracked insertions and content controls, which a reader sees.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.packages import whole
from ingest.tables import table_lines

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = {f"{_W}{n}" for n in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
_GONE = {f"{_W}{n}" for n in ("del", "moveFrom", "pPr", "rPr", "instrText", "footnoteReference")}
_TEXT, _TAB, _PARAGRAPH, _TABLE = f"{_W}t", f"{_W}tab", f"{_W}p", f"{_W}tbl"
_BREAKS = {f"{_W}br", f"{_W}cr"}
_HEADING = re.compile(r"heading (\d)", re.I)
_DEEPEST = 6


def parse(data: bytes, name: str) -> Parsed:
    """Headings by their styles, lists by their numbering, tables row by row. Raises ReadError."""
    import docx

    with whole(name, "Word file", "Save it again in Word or LibreOffice."):
        document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: _level(style) for style in document.styles if style.type == 1}
    builder = TextBuilder()
    items: list[str] = []
    for element in _body(document.element.body):
        if element.tag == _PARAGRAPH:
            text = "\n".join(fold_spaces(line) for line in _text(element).split("\n")).strip()
            level = _outline(element, styles)
            if text and level is None and _is_item(element):
                items.append(f"- {fold_spaces(text)}")
                continue
            _flush(items, builder)
            builder.add(BlockKind.PARAGRAPH if level is None else BlockKind.HEADING, text, level=level)
        else:
            _flush(items, builder)
            builder.add(BlockKind.TABLE, "\n".join(_rows(element)))
    _flush(items, builder)
    return builder.build(document.core_properties.title or builder.first_heading())


def _flush(items: list[str], builder: TextBuilder) -> None:
    builder.add(BlockKind.LIST, "\n".join(items))
    items.clear()


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
    rows, marked = [], None
    for row in table.iter(f"{_W}tr"):
        if marked is None:
            marked = row.find(f"{_W}trPr/{_W}tblHeader") is not None
        rows.append([" ".join(_text(p) for p in cell.iter(_PARAGRAPH)) for cell in row.iter(f"{_W}tc")])
    return table_lines(rows, header=True if marked else None)


def _level(style: Any) -> int | None:
    """The heading level of a paragraph style, by its own name or that of a style it is based on."""
    for _ in range(10):
        if style is None:
            return None
        if style.name and style.name.lower() == "title":
            return 1
        if style.name and (match := _HEADING.match(style.name)):
            return min(_DEEPEST, int(match.group(1)))
        style = style.base_style
    return None


def _outline(paragraph: Any, styles: dict[str, int | None]) -> int | None:
    found = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if found is not None and found.get(f"{_W}val", "9").isdigit() and int(found.get(f"{_W}val")) < _DEEPEST:
        return int(found.get(f"{_W}val")) + 1
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return None if style is None else styles.get(style.get(f"{_W}val"))


def _is_item(paragraph: Any) -> bool:
    if paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return True
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and (style.get(f"{_W}val") or "").startswith("List")
