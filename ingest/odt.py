"""OpenDocument texts to blocks, read from their XML."""

import io
import re
import zipfile
from typing import Any

from core.errors import EncryptedDocument, ReadError
from core.types import BlockKind, Finding
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.tables import table_lines

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_GONE = {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}sequence-decls"}
_GONE |= {f"{_TEXT}table-of-content", f"{_TEXT}alphabetical-index", f"{_TEXT}illustration-index"}
_CODE = re.compile(r"code|preformatted", re.I)
_MOST_REPEATED = 100


def parse(data: bytes, name: str) -> Parsed:
    """Headings, paragraphs, lists, tables, code, notes at the end; deleted text is left out. Raises ReadError."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if b"manifest:encryption-data" in package.read("META-INF/manifest.xml"):
                raise EncryptedDocument(f"{name} is protected by a password.", "Save it without one.")
            inside = set(package.namelist())
            content = etree.fromstring(package.read("content.xml"), parser)
            meta, styles = (
                etree.fromstring(package.read(part), parser) if part in inside else None
                for part in ("meta.xml", "styles.xml")
            )
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, RuntimeError, NotImplementedError) as error:
        raise ReadError(f"{name} is not a whole OpenDocument text: {error}", "Save it again.") from error
    reader = _Reader([content, *([styles] if styles is not None else [])])
    body = content.find(f".//{_OFFICE}text")
    if body is not None:
        reader.read(body)
    title = meta.find(f".//{_TITLE}") if meta is not None else None
    own = title.text if title is not None else None
    return reader.builder.build(own or reader.builder.first_heading(), findings=reader.findings())


class _Reader:
    def __init__(self, roots: list[Any]) -> None:
        self.builder = TextBuilder()
        self._code: list[str] = []  # lines that are not yet a block
        self._notes: list[str] = []
        self._nested = False
        self._parents: dict[str, str] = {}
        self._numbered: dict[tuple[str, int], tuple[str, str]] = {}
        for root in roots:
            for style in root.iter(f"{_STYLE}style"):
                self._parents[style.get(f"{_STYLE}name", "")] = style.get(f"{_STYLE}parent-style-name", "")
            for style in root.iter(f"{_TEXT}list-style"):
                for level in style.iter(f"{_TEXT}list-level-style-number"):
                    key = style.get(f"{_STYLE}name", ""), _whole(level.get(f"{_TEXT}level"), 1)
                    suffix = level.get(f"{_STYLE}num-suffix", "")
                    self._numbered[key] = level.get(f"{_STYLE}num-format", ""), suffix

    def read(self, root: Any) -> None:
        self._walk(root)
        self._flush()
        for note in self._notes:
            self.builder.add(BlockKind.PARAGRAPH, note)

    def findings(self) -> tuple[Finding, ...]:
        if not self._nested:
            return ()
        told = "Tables inside of tables were read cell by cell: their rows may be hard to tell apart."
        return (Finding("tables_flattened", told),)

    def _walk(self, root: Any) -> None:
        for child in root:
            tag = child.tag
            if not isinstance(tag, str) or tag in _GONE:
                continue
            if tag == f"{_TEXT}p" and self._is_code(child.get(f"{_TEXT}style-name", "")):
                self._code.append(_flat(child))
                self._keep_notes(child)
                continue
            self._flush()
            if tag == f"{_TEXT}h":
                level = min(6, _whole(child.get(f"{_TEXT}outline-level"), 1))
                self.builder.add(BlockKind.HEADING, fold_spaces(_flat(child)), level=level)
            elif tag == f"{_TEXT}p":
                text = "\n".join(fold_spaces(line) for line in _flat(child).split("\n"))
                if self._is(child.get(f"{_TEXT}style-name", ""), "Title"):
                    self.builder.add(BlockKind.HEADING, fold_spaces(text), level=1)
                else:
                    self.builder.add(BlockKind.PARAGRAPH, text)
            elif tag == f"{_TEXT}list":
                self.builder.add(BlockKind.LIST, "\n".join(self._items(child)))
            elif tag == f"{_TABLE}table":
                self._nested |= child.find(f".//{_TABLE}table") is not None
                self.builder.add(BlockKind.TABLE, "\n".join(_rows(child)))
            else:
                self._walk(child)
                continue
            self._keep_notes(child)

    def _flush(self) -> None:
        self.builder.add(BlockKind.CODE, "\n".join(self._code))
        self._code.clear()

    def _keep_notes(self, element: Any) -> None:
        for body in element.iter(f"{_TEXT}note-body"):
            self._notes.append(fold_spaces(" ".join(_flat(p) for p in body.iter(f"{_TEXT}p"))))

    def _is(self, style: str, name: str) -> bool:
        """Whether a style is one of that name or comes from it."""
        for _ in range(10):
            if style == name:
                return True
            style = self._parents.get(style, "")
        return False

    def _is_code(self, style: str) -> bool:
        for _ in range(10):
            if _CODE.search(style):
                return True
            style = self._parents.get(style, "")
        return False

    def _items(self, root: Any, style: str = "", depth: int = 1) -> list[str]:
        """A line an item, nested items after their parent."""
        style = root.get(f"{_TEXT}style-name") or style
        format_, suffix = self._numbered.get((style, depth), ("", ""))
        lines: list[str] = []
        count = 0
        for item in root:
            if item.tag not in (f"{_TEXT}list-item", f"{_TEXT}list-header"):
                continue
            text = fold_spaces(" ".join(_flat(part) for part in item if part.tag in (f"{_TEXT}p", f"{_TEXT}h")))
            if text:
                count += 1
                lines.append(f"{_numbered(count, format_, suffix)} {text}")
            for nested in item.findall(f"{_TEXT}list"):
                lines += self._items(nested, style, depth + 1)
        return lines


def _numbered(count: int, format_: str, suffix: str) -> str:
    if format_ == "1":
        return f"{count}{suffix or '.'}"
    if format_ in ("a", "A"):
        return f"{chr(ord(format_) + (count - 1) % 26)}{suffix or '.'}"
    return "-" if not format_ else f"{count}{suffix or '.'}"


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _flat(root: Any) -> str:
    parts = [root.text or ""]
    for child in root:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(_MOST_REPEATED, _whole(child.get(f"{_TEXT}c"), 1)))
        elif child.tag == f"{_TEXT}tab":
            parts.append(" ")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag not in _GONE and isinstance(child.tag, str):
            parts.append(_flat(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rows(table: Any) -> list[str]:
    """A line a row of the table itself; what is nested in a cell is its text."""
    header = table.find(f"{_TABLE}table-header-rows") is not None
    rows = []
    for row in table.iter(f"{_TABLE}table-row"):
        if next(row.iterancestors(f"{_TABLE}table")) is not table:
            continue
        cells: list[str] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                repeated = min(_MOST_REPEATED, _whole(cell.get(f"{_TABLE}number-columns-repeated"), 1))
                cells += [" ".join(_flat(p) for p in cell.iter(f"{_TEXT}p"))] * repeated
        rows.append(cells)
    return table_lines(rows, header=True if header else None)
