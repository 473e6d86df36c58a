"""Source code to blocks: a block a top-level definition, as blank lines and indentation show them."""

import re

from core.types import Block, BlockKind
from ingest.blocks import Parsed, clean

# Line counts are what a reader quotes from; a block is cut further when it becomes passages.
_BREAK = re.compile(r"\n[ \t]*\n(?=\S)")


def parse(text: str, name: str) -> Parsed:
    """The text stays as it is. Never fails on decoded text."""
    text = clean(text).rstrip()
    blocks = []
    start = 0
    for gap in [*_BREAK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            begin = start + len(piece) - len(piece.lstrip())
            blocks.append(Block(BlockKind.CODE, begin, begin + len(stripped)))
        start = gap.end() if gap else end
    return Parsed(text, tuple(blocks), title=name)
