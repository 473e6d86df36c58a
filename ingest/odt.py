"""OpenDocument texts to blocks, read from their XML."""

import io
import zipfile
from typing import Any

from core.errors import EncryptedDocument, ReadError
from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.packages import DAMAGED_ZIP
from ingest.tables import table_lines

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_GONE = {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}sequence-decls"}
_MOST_REPEATED = 100


def parse(data: bytes, name: str) -> Parsed:
    """Headings, paragraphs, lists, tables; deleted and noted text is left out. Raises ReadError."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if b"manifest:encryption-data" in package.read("META-INF/manifest.xml"):
                raise EncryptedDocument(f"{name} is protected by a password.", "Save it without one.")
            content = etree.fromstring(package.read("content.xml"), parser)
            meta = etree.fromstring(package.read("meta.xml"), parser) if "meta.xml" in package.namelist() else None
    except (*DAMAGED_ZIP, KeyError, etree.XMLSyntaxError) as error:
        raise ReadError(f"{name} is not a whole OpenDocument text: {error}", "Save it again.") from error
    builder = TextBuilder()
    body = content.find(f".//{_OFFICE}text")
    if body is not None:
        _walk(body, builder)
    title = meta.find(f".//{_TITLE}") if meta is not None else None
    return builder.build(title.text if title is not None else builder.first_heading())


def _walk(root: Any, builder: TextBuilder) -> None:
    for child in root:
        tag = child.tag
        if tag == f"{_TEXT}h":
            level = child.get(f"{_TEXT}outline-level", "1")
            builder.add(
                BlockKind.HEADING, fold_spaces(_flat(child)), level=min(6, int(level)) if level.isdigit() else 1
            )
        elif tag == f"{_TEXT}p":
            builder.add(BlockKind.PARAGRAPH, _flat(child))
        elif tag == f"{_TEXT}list":
            builder.add(BlockKind.LIST, "\n".join(_items(child)))
        elif tag == f"{_TABLE}table":
            builder.add(BlockKind.TABLE, "\n".join(_rows(child)))
        elif tag not in _GONE and isinstance(tag, str):
            _walk(child, builder)


def _flat(root: Any) -> str:
    parts = [root.text or ""]
    for child in root:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            parts.append(" " * min(_MOST_REPEATED, int(count) if count.isdigit() else 1))
        elif child.tag == f"{_TEXT}tab":
            parts.append(" ")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag not in _GONE and isinstance(child.tag, str):
            parts.append(_flat(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _items(root: Any) -> list[str]:
    lines = []
    for item in root.iter(f"{_TEXT}list-item"):
        text = " ".join(_flat(part) for part in item if part.tag in (f"{_TEXT}p", f"{_TEXT}h"))
        if text.strip():
            lines.append(f"- {fold_spaces(text)}")
    return lines


def _rows(table: Any) -> list[str]:
    header = table.find(f"{_TABLE}table-header-rows") is not None
    rows = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                repeated = cell.get(f"{_TABLE}number-columns-repeated", "1")
                text = " ".join(_flat(p) for p in cell.iter(f"{_TEXT}p"))
                cells += [text] * (min(_MOST_REPEATED, int(repeated)) if repeated.isdigit() else 1)
        rows.append(cells)
    return table_lines(rows, header=True if header else None)
