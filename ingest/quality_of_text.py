"""Faults of a document's text: lost and garbled characters, repetitions, languages that the encoder does not know."""

import re
from collections.abc import Sequence

import py3langid

from core.types import Block, BlockKind, Document, Finding
from ingest.language_names import NAMES, SAME
from ingest.page_ranges import page_ranges

_LOST = re.compile("[\ufffd\ue000-\uf8ff]")  # the replacement character, and letters of fonts that name no character
_LOST_COUNT, _LOST_SHARE = 5, 0.001  # a few are bullets of symbol fonts
_GARBLED_COUNT = 5
_GARBLED_SAMPLE = 500_000  # characters
_SAMPLE_BYTES = 300  # from there on py3langid is seldom wrong about prose; in UTF-8, as ideographs say more each
_LANGUAGE_SAMPLES = 2_000
_LANGUAGE_SHARE = 0.1  # below, names, quotations and figures are taken for other languages
_WHOLE_SHARE = 0.95
_REPEATED_COUNT = 5
_REPEATED_SHARE = 0.02
_REPEATED_CHARS = 30  # shorter ones, such as "Yes" and "See above", come again in good texts
_NUMBER = re.compile(r"\W*\d+\W*")
_QUOTED_CHARS = 60
_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST)


def replacement_characters(document: Document) -> Finding | None:
    """Characters that could not be decoded (�), or that the source's font gives no meaning."""
    count = len(_LOST.findall(document.text))
    if count < max(_LOST_COUNT, _LOST_SHARE * len(document.text)):
        return None
    pages = _pages([block for block in document.blocks if _LOST.search(document.text, block.start, block.end)])
    message = (
        f"{count:,} characters could not be read{_on(pages)}: words with them are not found, and quotes show gaps. "
        "Save the file as UTF-8, or a PDF anew with its fonts embedded."
    )
    return Finding("replacement_characters", message, pages)


def mojibake(document: Document) -> Finding | None:
    """Text that was decoded by the wrong table, such as "KÃ¤ufer"; told by ftfy."""
    if document.text.isascii():
        return None
    from ftfy.badness import badness

    blocks = [b for b in document.blocks if not document.text[b.start : b.end].isascii()]
    characters = sum(block.end - block.start for block in blocks)
    sample = blocks[:: max(1, -(-characters // _GARBLED_SAMPLE))]
    bad = [(block, count) for block in sample if (count := badness(document.text[block.start : block.end]))]
    if sum(count for _, count in bad) < _GARBLED_COUNT:
        return None
    pages = _pages([block for block, _ in bad])
    worst = max(bad, key=lambda one: one[1])[0]
    message = (
        f"Letters are garbled{_on(pages)}, for instance “{_excerpt(document.text[worst.start : worst.end])}”: the text "
        "was once saved with the wrong character set. Save it anew from its own program."
    )
    return Finding("mojibake", message, pages)


def repeated_text(document: Document) -> Finding | None:
    """A paragraph that comes again and again, its own number aside: a header or notice that was left in the text."""
    places: dict[str, list[Block]] = {}
    for block in document.blocks:
        if block.kind in _PROSE and block.end - block.start >= _REPEATED_CHARS:
            key = _unnumbered(" ".join(document.text[block.start : block.end].split()))
            places.setdefault(key, []).append(block)
    repeated = {key: blocks for key, blocks in places.items() if len(blocks) >= _REPEATED_COUNT}
    characters = sum(block.end - block.start for blocks in repeated.values() for block in blocks)
    if not repeated or characters < _REPEATED_SHARE * len(document.text):
        return None
    blocks = max(repeated.values(), key=len)
    others = f" (and {len(repeated) - 1} more such paragraphs)" if len(repeated) > 1 else ""
    pages = _pages([block for blocks in repeated.values() for block in blocks])
    message = (
        f"The same paragraph {len(blocks)} times{others}{_on(pages)}: "
        f"“{_excerpt(document.text[blocks[0].start : blocks[0].end])}”. It may crowd the hits. "
        "If it is a header or a notice, take it out of the original."
    )
    return Finding("repeated_text", message, pages)


def _unnumbered(text: str) -> str:
    """Without a number at the beginning and at the end; figures inside a paragraph make it another one."""
    for _ in range(2):
        # From its beginning only, then backwards: a search for the end would begin anew at each dash of a long row.
        number = _NUMBER.match(text)
        text = text[number.end() if number else 0 :][::-1]
    return text


def language_not_covered(document: Document, covered: frozenset[str] | None) -> list[Finding]:
    """One finding for each language of a tenth of the prose or more that the encoder was not trained on."""
    if covered is None:
        return []
    samples = _samples(document)
    samples = samples[:: max(1, -(-len(samples) // _LANGUAGE_SAMPLES))]
    texts = ["\n".join(document.text[block.start : block.end] for block in blocks) for blocks in samples]
    by_language: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        code = py3langid.classify(text)[0]
        by_language.setdefault(SAME.get(code, code), []).append(i)
    total = sum(map(len, texts))
    found = []
    for code, members in sorted(by_language.items(), key=lambda one: -len(one[1])):
        share = sum(len(texts[i]) for i in members) / total
        if code in covered or code not in NAMES or share < _LANGUAGE_SHARE:
            continue
        pages = _pages([block for i in members for block in samples[i]])
        how_much = "The text" if share > _WHOLE_SHARE else f"About {round(100 * share)} % of the text"
        message = (
            f"{how_much} is {NAMES[code]}{_on(pages)}, which the encoder was not trained on: it is found by its words, "
            "hardly by its meaning. Name a multilingual model in the setting encoder.model, and run "
            "`footnoted reindex`."
        )
        found.append(Finding("language_not_covered", message, pages))
    return found


def _samples(document: Document) -> list[list[Block]]:
    """Blocks of prose in a row, each list long enough to tell its language."""
    samples: list[list[Block]] = []
    group: list[Block] = []
    size = 0
    for block in document.blocks:
        if block.kind in _PROSE:
            group.append(block)
            size += len(document.text[block.start : block.end].encode())
            if size >= _SAMPLE_BYTES:
                samples.append(group)
                group, size = [], 0
    if size >= _SAMPLE_BYTES / (1 if samples else 3):  # of a short document, what there is
        samples.append(group)
    return samples


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED_CHARS else line[:_QUOTED_CHARS].rstrip() + "…"


def _pages(blocks: Sequence[Block]) -> tuple[int, ...]:
    return tuple(sorted({block.page for block in blocks if block.page is not None}))


def _on(pages: Sequence[int]) -> str:
    return f" on {page_ranges(pages)}" if pages else ""
