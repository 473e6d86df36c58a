"""A list right under its heading: the question asks for the section's points, the evidence is the whole list."""

import re
from collections.abc import Iterator
from itertools import groupby

from core.types import Block, BlockKind
from evals.generate.types import Draft, Sentence, Source

MOST_CHARS = 1200
_MARK = re.compile(r"^[ \t]*(?:[-*•‣◦▪●–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+")
_TITLE = re.compile(r"[A-Z][\w ,'’&/-]{3,60}")


def list_drafts(source: Source) -> list[Draft]:
    """One question for each list of at least two items that a heading names; of an English document."""
    return [
        Draft(f'Which points does the section "{heading}" list?', "; ".join(items), sentence, "list")
        for heading, items, sentence in _lists(source)
    ]


def _lists(source: Source) -> Iterator[tuple[str, list[str], Sentence]]:
    text = source.document.text
    heading: str | None = None
    for kind, group in groupby(source.document.blocks, key=lambda block: block.kind):
        blocks: list[Block] = list(group)
        if kind is BlockKind.HEADING:
            heading = " ".join(text[blocks[-1].start : blocks[-1].end].split()).rstrip("¶ ")
        elif kind is BlockKind.LIST and heading is not None and _TITLE.fullmatch(heading):
            start, end = blocks[0].start, blocks[-1].end
            items = [_MARK.sub("", line).strip() for line in text[start:end].split("\n") if line.strip()]
            if len(items) >= 2 and end - start <= MOST_CHARS:
                yield heading, items, Sentence(source, heading, start, end, " ".join(text[start:end].split()))
            heading = None
        else:
            heading = None
