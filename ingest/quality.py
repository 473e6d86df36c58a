"""What of a document may cost answers, told before the first question.

``assess(document, passages, token_counts, parser_findings, encoder_languages)`` gives the findings that are kept with
the document. ``token_counts`` are the encoder's tokens of each passage, in their order; ``encoder_languages`` comes
from ``index.encoder_languages.languages_of(model)``, None where it is not known what the encoder covers.
"""

from collections.abc import Sequence

from core.types import BlockKind, Document, Finding, Passage
from ingest.page_ranges import page_ranges
from ingest.quality_of_text import language_not_covered, mojibake, repeated_text, replacement_characters

_SHORT_TOKENS = 8  # "Contents", "Page 3 of 20", a lone name: less than a sentence that answers anything
_SHORT_SHARE, _SHORT_COUNT = 0.25, 5  # some short ones are in every document: titles, captions
_LONG_TOKENS = 512  # what encoders of this kind take at most, where nothing is said of the one in use
_LITTLE_LETTERS = 50  # a page of running text has some 1,500; a page number with a caption has fewer than this
_LITTLE_SHARE, _LITTLE_COUNT = 0.25, 10  # title pages and separators are no fault
_NO_HEADINGS_CHARS = 30_000  # ten pages of running text
_PAGED = "application/pdf"
_OWN = frozenset(
    {
        "little_text",
        "replacement_characters",
        "mojibake",
        "language_not_covered",
        "passages_very_long",
        "passages_very_short",
        "repeated_text",
        "no_headings",
    }
)


def assess(
    document: Document,
    passages: Sequence[Passage],
    token_counts: Sequence[int],
    parser_findings: Sequence[Finding],
    encoder_languages: frozenset[str] | None,
    encoder_tokens: int | None = None,
) -> tuple[Finding, ...]:
    """The parser's findings, then those of the text and its passages; none for a document that is as it should be.

    ``parser_findings`` may be those of an earlier assessment, of which only the parser's are kept.
    ``encoder_tokens`` is how much of a passage the encoder takes. Some tenths of a second for the longest documents.
    """
    parser_findings = [finding for finding in parser_findings if finding.code not in _OWN]
    found = [
        *parser_findings,
        _little_text(document, parser_findings),
        replacement_characters(document),
        mojibake(document),
        *language_not_covered(document, encoder_languages),
        _very_long(passages, token_counts, encoder_tokens or _LONG_TOKENS),
        _very_short(passages, token_counts),
        repeated_text(document),
        _no_headings(document),
    ]
    return tuple(finding for finding in found if finding is not None)


def _little_text(document: Document, parser_findings: Sequence[Finding]) -> Finding | None:
    """Pages of a PDF with hardly a word. Those without any are the parser's to tell; so are those that it has told."""
    if document.media_type != _PAGED:
        return None  # a slide may say little
    letters: dict[int, int] = {}
    for block in document.blocks:
        if block.page is not None:
            count = sum(map(str.isalpha, document.text[block.start : block.end]))
            letters[block.page] = letters.get(block.page, 0) + count
    told = {page for finding in parser_findings for page in finding.pages}
    few = [page for page, count in letters.items() if count < _LITTLE_LETTERS and page not in told]
    if len(letters) > 1:
        few = [page for page in few if page != 1]
    if not few or len(few) < min(_LITTLE_COUNT, _LITTLE_SHARE * len(letters)):
        return None
    message = (
        f"Hardly a word on {page_ranges(few)} ({len(few)} of {len(letters)} pages with text): they are probably "
        "pictures. Run text recognition (OCR) over the file, or find a version with text."
    )
    return Finding("little_text", message, tuple(sorted(few)))


def _very_long(passages: Sequence[Passage], token_counts: Sequence[int], most: int) -> Finding | None:
    long = [passage for passage, count in zip(passages, token_counts, strict=True) if count > most]
    if not long:
        return None
    message = (
        f"{_share(long, passages)} longer than the {most} tokens that the encoder takes: what is beyond them is found "
        "by its words only. Lower the setting ingest.split_maximum and run `footnoted reindex`."
    )
    return Finding("passages_very_long", message, _pages(long))


def _very_short(passages: Sequence[Passage], token_counts: Sequence[int]) -> Finding | None:
    short = [passage for passage, count in zip(passages, token_counts, strict=True) if count < _SHORT_TOKENS]
    if len(short) < max(_SHORT_COUNT, _SHORT_SHARE * len(passages)):
        return None
    message = (
        f"{_share(short, passages)} shorter than {_SHORT_TOKENS} tokens: such passages can hardly answer anything, and "
        "push others out of the hits. Look at the text: the layout may have been taken apart."
    )
    return Finding("passages_very_short", message, _pages(short))


def _no_headings(document: Document) -> Finding | None:
    prose = 0
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            return None
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST):
            prose += block.end - block.start
    if prose < _NO_HEADINGS_CHARS:
        return None
    message = (
        f"No headings in {prose:,} characters of text: passages are found without knowing what section they are of. "
        "Use heading styles in the original, if it has headings."
    )
    return Finding("no_headings", message)


def _share(some: Sequence[Passage], passages: Sequence[Passage]) -> str:
    pages = _pages(some)
    noun = "passage" if len(passages) == 1 else "passages"
    percent = max(1, round(100 * len(some) / len(passages)))
    where = f" on {page_ranges(pages)}" if pages else ""
    verb = "is" if len(some) == 1 else "are"
    return f"{len(some):,} of {len(passages):,} {noun} ({percent} %){where} {verb}"


def _pages(passages: Sequence[Passage]) -> tuple[int, ...]:
    return tuple(sorted({passage.pages[0] for passage in passages if passage.pages}))
