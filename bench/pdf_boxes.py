"""Do the boxes of a span lie on its words? Random spans of PDFs, read back from inside their boxes.

python -m bench.pdf_boxes FOLDER [--spans 500] [--seed 1]
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

from core.types import Block, BlockKind, Document
from ingest.pdf_isolated import PageText, page_text
from ingest.read import read
from service.source.boxes import boxes_of
from service.source.fold import fold
from service.source.records import PageBox

_NAME = re.compile(r"(?:(?<= \| )|^)[^|\n]*: ", re.M)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spans", type=int, default=500, help="for each file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    total: Counter[tuple[str, bool]] = Counter()
    for path in sorted(options.folder.glob("**/*.pdf")):
        counts = _judge(path, options.spans, random.Random(options.seed))
        total += counts
        print(f"{path.name}: {_told(counts)}", flush=True)
    print(f"all: {_told(total)}")


def _judge(path: Path, spans: int, chance: random.Random) -> Counter[tuple[str, bool]]:
    """How many spans are exact, other or without boxes; in tables or not. Shows those that are not exact."""
    document = read(path.read_bytes(), path.as_uri(), path.name).document
    pages: dict[int, PageText] = {}
    blocks = [block for block in document.blocks if block.end - block.start > 3]
    counts: Counter[tuple[str, bool]] = Counter()
    for _ in range(spans):
        block = chance.choice(blocks)
        start, end = _span(document, block, chance)
        boxes = boxes_of(document, start, end, lambda number: _page(path, number, pages))
        exact = _is_read_back(document.text[start:end], boxes, pages)
        state = ("exact" if exact else "other") if boxes else "none"
        counts[state, block.kind is BlockKind.TABLE] += 1
        if state != "exact":
            print(f"  {state} p{block.page}: {document.text[start:end][:100]!r}")
    return counts


def _told(counts: Counter[tuple[str, bool]]) -> str:
    parts = []
    for name, table in (("text", False), ("tables", True)):
        whole = sum(n for (_, kind), n in counts.items() if kind is table)
        if whole:
            exact, none = counts["exact", table] / whole, counts["none", table] / whole
            parts.append(f"{name} {exact:.1%} exact, {none:.1%} without boxes ({whole} spans)")
    return "; ".join(parts)


def _page(path: Path, number: int, pages: dict[int, PageText]) -> PageText:
    if number not in pages:
        pages[number] = page_text(path, number)
    return pages[number]


def _span(document: Document, block: Block, chance: random.Random) -> tuple[int, int]:
    """Whole words of a block, or lines of a table; up to 300 characters."""
    break_at = r"\n" if block.kind is BlockKind.TABLE else r"\s"
    text = document.text[block.start : block.end]
    starts = [0, *(m.end() for m in re.finditer(break_at, text))]
    start = chance.choice(starts)
    ends = [m.start() for m in re.finditer(break_at, text) if start < m.start() <= start + 300] or [len(text)]
    return block.start + start, block.start + chance.choice(ends)


def _is_read_back(quote: str, boxes: tuple[PageBox, ...], pages: dict[int, PageText]) -> bool:
    """Whether the characters with their middle in the boxes are the quote's, without the names of columns."""
    found: list[str] = []
    for number in dict.fromkeys(box.page for box in boxes):
        page = pages[number]
        own = [box for box in boxes if box.page == number]
        for character, place in zip(page.text, page.boxes, strict=True):
            if place is not None:
                x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
                if any(b.x <= x <= b.x + b.width and b.y <= y <= b.y + b.height for b in own):
                    found.append(character)
    read_back = _letters("".join(found))
    return read_back in {_letters(quote), _letters(_NAME.sub("", quote)), _letters(_values(quote))}


def _values(quote: str) -> str:
    """Names taken off all cells but the first of each row."""
    rows = []
    for row in quote.split("\n"):
        first, *others = row.split(" | ")
        rows.append(" ".join([first, *(cell.rsplit(": ", 1)[-1] for cell in others)]))
    return "\n".join(rows)


def _letters(text: str) -> str:
    return fold(text).letters.replace("-", "")


if __name__ == "__main__":
    main()
