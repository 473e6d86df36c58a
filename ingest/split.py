"""A document to passages: along its structure first, by the encoder's tokens where a block is too long."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.types import Block, BlockKind, Document, Passage
from ingest.languages import languages_of_passages

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Texts to their numbers of encoder tokens, special tokens not counted."""

_BREAKS = [  # the best first
    r"\n\n",
    r"\n",
    r"(?<=[.!?…])\s+(?=\S)",
    r"(?<=[。！？；])",
    r"(?<=[;:])\s+",
    r"\s+",
    r"(?<=[，、])",
    "",
]
# A block beyond this many characters is cut coarsely first: the fine splitter's cost grows with length.
_COARSE = 50_000


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Sizes in encoder tokens. A passage grows until ``target``, and is never longer than ``maximum``."""

    target: int = 120
    maximum: int = 200


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int
    pages: tuple[int, int] | None
    section: tuple[str, ...]
    heading: bool


def split(document: Document, count_tokens: TokenCounter, settings: SplitSettings | None = None) -> list[Passage]:
    """Passages in order, without overlap; each is an exact stretch of the text.

    A passage never crosses a heading; a heading begins the passage of what it heads. Each is told its language.
    """
    settings = settings or SplitSettings()
    passages: list[Passage] = []
    group: list[_Piece] = []
    for piece in _pieces(document, count_tokens, settings):
        if group and not _fits(group, piece, settings):
            passages.append(_passage(document, group))
            group = []
        group.append(piece)
    if group:
        passages.append(_passage(document, group))
    told = languages_of_passages(document, passages)
    return [replace(passage, language=language) for passage, language in zip(passages, told, strict=True)]


def _fits(group: list[_Piece], piece: _Piece, settings: SplitSettings) -> bool:
    tokens = sum(p.tokens for p in group)
    if tokens + piece.tokens > settings.maximum or group[-1].end == piece.start:
        return False  # two parts of one word can make more tokens together than apart
    if piece.heading:
        return all(p.heading for p in group)  # a heading directly under a heading stays with it
    return all(p.heading for p in group) or tokens < settings.target


def _passage(document: Document, group: list[_Piece]) -> Passage:
    start, end = group[0].start, group[-1].end
    pages = [page for piece in group if piece.pages for page in piece.pages]
    return Passage(
        id=f"{document.id}:{start}-{end}",
        document=document.ref,
        section=group[-1].section,
        pages=(min(pages), max(pages)) if pages else None,
        start=start,
        end=end,
        text=document.text[start:end],
    )


def _pieces(document: Document, count_tokens: TokenCounter, settings: SplitSettings) -> Iterator[_Piece]:
    """Blocks, or parts of blocks, none longer than the maximum."""
    units = _whole_paragraphs(document)
    counts = _sizes([document.text[unit[0].start : unit[-1].end] for unit in units], count_tokens)
    path: list[tuple[int, str]] = []
    for unit, tokens in zip(units, counts, strict=True):
        block = replace(unit[0], end=unit[-1].end)
        pages = _pages(unit, block.start, block.end)
        heading = block.kind is BlockKind.HEADING and tokens <= settings.maximum
        if heading:
            level = block.level or 1
            path = [entry for entry in path if entry[0] < level]
            path.append((level, document.text[block.start : block.end].replace("\n", " ")))
        section = tuple(title for _, title in path)
        if tokens <= settings.maximum:
            yield _Piece(block.start, block.end, tokens, pages, section, heading)
            continue
        spans = list(_cut(document.text, block, count_tokens, settings.maximum))
        sizes = _sizes([document.text[start:end] for start, end in spans], count_tokens)
        for (start, end), size in zip(spans, sizes, strict=True):
            yield _Piece(start, end, size, _pages(unit, start, end), section, False)


def _whole_paragraphs(document: Document) -> list[list[Block]]:
    """The blocks, those together that are one paragraph over the end of a page: no blank line is between them."""
    units: list[list[Block]] = []
    for block in document.blocks:
        last = units[-1][-1] if units else None
        goes_on = last is not None and last.kind is block.kind is BlockKind.PARAGRAPH and last.page != block.page
        if last is not None and goes_on and block.start - last.end <= 1:
            units[-1].append(block)
        else:
            units.append([block])
    return units


def _pages(blocks: Sequence[Block], start: int, end: int) -> tuple[int, int] | None:
    """The first and the last page of a stretch of the blocks."""
    pages = [b.page for b in blocks if b.page is not None and b.start < end and start < b.end]
    return (min(pages), max(pages)) if pages else None


def _cut(text: str, block: Block, count_tokens: TokenCounter, maximum: int) -> Iterator[tuple[int, int]]:
    """Spans of a long block: cut at lines, sentences, words, and at characters only where there is no word end."""
    # Imported where it is used: it takes longer than a sync in which nothing changed.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=_BREAKS,
        is_separator_regex=True,
        keep_separator="start",
        chunk_size=maximum,
        chunk_overlap=0,
        length_function=_length_function(count_tokens),
        add_start_index=False,
        strip_whitespace=False,
    )
    for coarse_start, coarse_end in _coarse(text, block.start, block.end):
        position = coarse_start
        for chunk in splitter.split_text(text[coarse_start:coarse_end]):
            # Nothing is stripped or repeated, so the chunks lie end to end.
            end = position + len(chunk)
            start = position + len(chunk) - len(chunk.lstrip())
            stop = position + len(chunk.rstrip())
            if start < stop:
                yield start, stop
            position = end


def _sizes(texts: Sequence[str], count_tokens: TokenCounter) -> list[int]:
    """Token counts, never below an eighth of the characters: some tokenizers make one token of a whole blob.

    Never 0 for a text either: zero-width spaces without end would be one passage, summed up anew at each of them.
    """
    counts = count_tokens(texts)
    return [max(count, len(text) // 8, min(1, len(text))) for count, text in zip(counts, texts, strict=True)]


def _length_function(count_tokens: TokenCounter) -> Callable[[str], int]:
    """Exact for what may fit; a long text is only known to be too long, which is all the splitter asks.

    Not 0 for a piece: the splitter repeats those without length (blank lines, zero-width spaces) as an overlap.
    """
    cache: dict[str, int] = {}

    def length(piece: str) -> int:
        if len(piece) > 5_000:
            return len(piece)
        if piece not in cache:
            if len(cache) > 100_000:
                cache.clear()
            cache[piece] = _sizes([piece], count_tokens)[0]
        return cache[piece]

    return length


def _coarse(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _COARSE:
        window = text[start + _COARSE // 2 : start + _COARSE]
        breaks = list(re.finditer(r"\n|[.!?。！？]\s|\s", window))
        strong = [m for m in breaks if m.group().strip() or m.group() == "\n"]
        cut = start + _COARSE // 2 + (strong or breaks)[-1].end() if breaks else start + _COARSE
        yield start, cut
        start = cut
    yield start, end
