"""Plain text to blocks: paragraphs are what blank lines separate; the text itself stays as it is."""

import re

from core.types import Block, BlockKind
from ingest.blocks import Parsed, clean

_BREAK = re.compile(r"\n[ \t\u00a0\u3000]*\n\s*")
_BULLET = re.compile(r"\s*(?:[-*•‣◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_HEADING_CHARS = 80
_TITLE_CHARS = 60
_HEADED_CHARS = 80  # of the paragraph below, at the least: a name above an address, or verses, head nothing
_HEADING_NUMBER = re.compile(
    r"(?:(?:chapter|section|part|article|appendix)\s+[\divxlc]+\b|\d{1,3}(?:\.\d+)*\.?\s+\S|#+\s)", re.I
)  # four digits are a year


def parse(text: str, name: str) -> Parsed:
    """Paragraphs, lists and headings by their layout. Never fails on decoded text."""
    text = clean(text).rstrip()
    blocks: list[Block] = []
    start = 0
    for gap in [*_BREAK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        block = _block(text, start, end)
        if block is not None:
            blocks.append(block)
        start = gap.end() if gap else end
    blocks = [_promoted(text, blocks, i) for i in range(len(blocks))]
    # A heading heads something: a short last line is a paragraph.
    if blocks and blocks[-1].kind is BlockKind.HEADING:
        blocks[-1] = Block(BlockKind.PARAGRAPH, blocks[-1].start, blocks[-1].end)
    title = blocks[0] if blocks and blocks[0].level == 1 else None
    return Parsed(text, tuple(blocks), text[title.start : title.end] if title is not None else None)


def _block(text: str, start: int, end: int) -> Block | None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    start += len(piece) - len(piece.lstrip())
    end = start + len(stripped)
    lines = stripped.split("\n")
    if len(lines) > 1 and sum(bool(_BULLET.match(line)) for line in lines) * 2 >= len(lines):
        return Block(BlockKind.LIST, start, end)
    if len(lines) == 1 and _is_heading(stripped):
        return Block(BlockKind.HEADING, start, end, level=_level(stripped))
    return Block(BlockKind.PARAGRAPH, start, end)


def _promoted(text: str, blocks: list[Block], i: int) -> Block:
    """A short line by itself between paragraphs, or above the first, heads what follows."""
    block = blocks[i]
    line = text[block.start : block.end]
    if block.kind is not BlockKind.PARAGRAPH or "\n" in line or not _may_head(line) or i + 1 == len(blocks):
        return block
    below = blocks[i + 1]
    above = text[blocks[i - 1].start : blocks[i - 1].end] if i else ""
    has_text = below.kind is BlockKind.LIST or below.end - below.start >= _HEADED_CHARS
    after_text = (
        i == 0
        or len(above) >= _HEADED_CHARS
        or "\n" in above
        or _may_head(above)
        or blocks[i - 1].kind is BlockKind.LIST
    )
    return (
        Block(BlockKind.HEADING, block.start, block.end, level=1 if i == 0 else 2) if has_text and after_text else block
    )


def _may_head(line: str) -> bool:
    """Short, begins like a sentence or with a year, and does not end like one."""
    return (
        len(line) <= _TITLE_CHARS
        and (line[0].isupper() or line[0].isdigit())
        and (line[-1].isalnum() or line[-1] == ")")
    )


def _is_heading(line: str) -> bool:
    """Numbered, "Chapter 3", or all capitals; anything vaguer would cut real paragraphs apart."""
    if len(line) > _HEADING_CHARS or line[-1] in ".,;:!?。，；：":
        return False
    letters = [c for c in line if c.isalpha()]
    shouting = len(letters) >= 4 and all(c.isupper() for c in letters) and any(c.lower() != c for c in letters)
    return shouting or bool(_HEADING_NUMBER.match(line) and len(line.split()) <= 10 and letters)


def _level(line: str) -> int:
    number = re.match(r"\d+(?:\.\d+)*", line)
    return min(6, number.group().count(".") + 2) if number else 1
