"""RTF to blocks, by striprtf: marks are put into the source for what it drops, and read from the plain text again.

The format has headings as paragraphs with an outline level, lists as paragraphs that begin with their bullet, and
tables as rows of cells.
"""

import re

from striprtf.striprtf import rtf_to_text

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.packages import whole
from ingest.tables import table_lines

# Private characters that no file of people's holds: before a heading (with its level) and code, behind a cell, before
# an item of a list, for a line break in a paragraph.
_HEADING, _CODE, _CELL, _LIST, _BREAK = "\ue0f1", "\ue0f2", "\ue0f3", "\ue0f4", "\ue0f5"
_STYLE = re.compile(r"\{\\s(\d+)\b[^{}]*?\s([^;{}\\]+);\}")
_HEADING_STYLE = re.compile(r"heading (\d)", re.I)
_CODE_STYLE = re.compile(r"code|preformatted", re.I)
_INFO_TITLE = re.compile(r"\{\\title ([^{}\\]+)\}")
_ITEM = re.compile(r"([•·▪◦‣–*\-\uf0b7\uf0a7o]|\(?\w{1,3}[.)])\t")
_TABLE_CELL = f"{_CELL}|"


def parse(data: bytes, name: str) -> Parsed:
    """Raises ReadError."""
    source = data.decode("ascii", "surrogateescape")
    with whole(name, "RTF file", "Save it again in its own program."):
        text: str = rtf_to_text(_marked(source), errors="replace")  # type: ignore[no-untyped-call]
    builder = TextBuilder()
    _read(text, builder)
    title = _INFO_TITLE.search(source[:20_000])
    return builder.build(title.group(1).strip() if title else builder.first_heading())


def _marked(source: str) -> str:
    """With a mark where a paragraph has an outline level or a style for code, at list texts and at cells' ends."""
    start = source.find("\\stylesheet")
    styles = dict(_STYLE.findall(source, max(start, 0))) if start >= 0 else {}
    body = _end_of_group(source, start) if start >= 0 else 0
    head, rest = source[:body], source[body:]
    codes = "|".join(number for number, style in styles.items() if _CODE_STYLE.search(style))
    headings = {n: m.group(1) for n, style in styles.items() if (m := _HEADING_STYLE.match(style))}
    rest = re.sub(r"\\outlinelevel([0-5])(?!\d) ?", lambda m: _word(_HEADING, str(int(m.group(1)) + 1)), rest)
    if "\\outlinelevel" not in source[body:] and headings:
        rest = re.sub(rf"\\s({'|'.join(headings)})(?!\d) ?", lambda m: _word(_HEADING, headings[m.group(1)]), rest)
    if codes:
        rest = re.sub(rf"\\s({codes})(?!\d) ?", _word(_CODE).replace("\\", "\\\\"), rest)
    rest = re.sub(r"\{\\listtext", "{" + _word(_LIST).replace("\\", "\\\\") + r"\\listtext", rest)
    rest = re.sub(r"\\line(?![a-z]) ?", _word(_BREAK).replace("\\", "\\\\"), rest)
    return head + re.sub(r"\\cell(?![a-z])", _word(_CELL).replace("\\", "\\\\") + r"\\cell", rest)


def _word(mark: str, more: str = "") -> str:
    return f"\\u{ord(mark)}?{more}\\plain "


def _end_of_group(source: str, inside: int) -> int:
    """The place behind the closing brace of the group that ``inside`` is in."""
    depth = 1
    for found in re.finditer(r"\\[{}\\]|[{}]", source[inside:]):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return inside + found.end()
    return len(source)


def _read(text: str, builder: TextBuilder) -> None:
    """Lines to blocks; rows, items and lines of code that follow each other are one."""
    run: list[str] = []
    kind = BlockKind.PARAGRAPH

    def flush() -> None:
        if kind is BlockKind.TABLE:
            rows = [line.removesuffix(_TABLE_CELL).split(_TABLE_CELL) for line in run]
            builder.add(kind, "\n".join(table_lines([[_clean(cell) for cell in row] for row in rows])))
        elif run:
            builder.add(kind, "\n".join(run))
        run.clear()

    for line in text.split("\n"):
        bare = _clean(line)
        line_kind = _kind(line, bare)
        if line_kind is not kind or kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
            flush()
        kind = line_kind
        if kind is BlockKind.HEADING:
            level = line.partition(_HEADING)[2][:1]
            builder.add(kind, fold_spaces(bare.replace(_BREAK, " ")), level=int(level) if level.isdigit() else 1)
        elif kind is BlockKind.TABLE or kind is BlockKind.CODE:
            run.append(line if kind is BlockKind.TABLE else bare.rstrip().replace(_BREAK, "\n"))
        elif kind is BlockKind.LIST:
            mark = _ITEM.match(bare.lstrip())
            first = mark.group(1) if mark else ""
            item = bare.lstrip()[mark.end() :] if mark else bare
            run.append(f"{first if first[-1:] in '.)' and first else '-'} {fold_spaces(item.replace(_BREAK, ' '))}")
        elif bare.strip():
            run.append("\n".join(fold_spaces(part) for part in bare.strip(" |").split(_BREAK)))
    flush()


def _kind(line: str, bare: str) -> BlockKind:
    if _CELL in line:
        return BlockKind.TABLE
    if _CODE in line:
        return BlockKind.CODE
    if _LIST in line or _ITEM.match(bare.lstrip()):
        return BlockKind.LIST
    return BlockKind.HEADING if _HEADING in line and bare.strip() else BlockKind.PARAGRAPH


def _clean(line: str) -> str:
    return re.sub(f"{_HEADING}[1-6]?|[{_CODE}{_CELL}{_LIST}]", "", line)
