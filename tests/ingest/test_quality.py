"""What is found of documents that may cost answers, and that nothing is found of good ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import Block, BlockKind, Document, Finding, Passage
from ingest.page_ranges import page_ranges
from ingest.quality import assess

ENGLISH = frozenset({"en"})
GERMAN = (
    "Der Biber baut seinen Damm aus Ästen, Schlamm und Steinen. Er arbeitet vor allem in der Nacht und braucht dafür "
    "mehrere Wochen. Das Wasser staut sich, und es entsteht ein Teich, in dem er vor Feinden sicher ist. "
)
GREEN = (
    "The beaver builds its dam of branches, mud and stones. It works mostly at night and needs several weeks for it. "
    "The water rises, and a pond is made in which the animal is safe from those that hunt it. "
)
CHINESE = (
    "海狸用树枝、泥土和石头建造水坝。它主要在夜间工作，需要几个星期的时间。水位上升，形成一个池塘，动物在其中可以躲避天敌。"
    * 3
)


def make(
    *blocks: str | tuple[str, int], media_type: str = "text/plain", kind: BlockKind = BlockKind.PARAGRAPH
) -> Document:
    """A document of blocks, each a text or a text and its page."""
    made, parts, at = [], [], 0
    for block in blocks:
        text, page = (block, None) if isinstance(block, str) else block
        made.append(Block(kind, at, at + len(text), page))
        parts.append(text)
        at += len(text) + 2
    return Document("d", "file:///d", "D", media_type, None, "\n\n".join(parts), tuple(made))


def passages_of(document: Document) -> list[Passage]:
    return [
        Passage(
            f"d:{b.start}-{b.end}",
            document.ref,
            (),
            (b.page, b.page) if b.page else None,
            b.start,
            b.end,
            document.text[b.start : b.end],
        )
        for b in document.blocks
    ]


def found(document: Document, languages: frozenset[str] | None = ENGLISH, **more) -> dict[str, Finding]:
    passages = passages_of(document)
    counts = [len(passage.text.split()) for passage in passages]
    return {finding.code: finding for finding in assess(document, passages, counts, (), languages, **more)}


def numbered(count: int) -> list[tuple[str, int]]:
    """Good pages, no two alike."""
    return [
        (f"Chapter {i} tells of pond {i * 7}. {GREEN}".replace("night", f"night {i}"), i) for i in range(1, count + 1)
    ]


def test_of_good_documents_nothing_is_found():
    assert found(make(*numbered(20), media_type="application/pdf")) == {}
    assert found(make("Short.")) == {}


def test_the_parsers_findings_come_first_and_unchanged():
    own = Finding("tables_flattened", "A table on page 2 lost its columns.", (2,))
    document = make(GREEN)
    assert assess(document, passages_of(document), [40], [own], None) == (own,)


# Languages


def test_a_language_that_the_encoder_does_not_know_is_told_with_its_pages():
    document = make(*[(GREEN * 2, page) for page in range(1, 4)], *[(GERMAN * 2, page) for page in range(4, 6)])
    finding = found(document)["language_not_covered"]
    assert finding.pages == (4, 5)
    assert "German on pages 4–5" in finding.message
    assert "encoder.model" in finding.message


@pytest.mark.parametrize("text", [GERMAN, CHINESE])
def test_a_short_document_in_another_language_is_told(text):
    assert "language_not_covered" in found(make(text[:150]))


@pytest.mark.parametrize("languages", [None, frozenset({"de", "zh", "en"})])
def test_nothing_is_said_where_the_encoder_knows_the_language_or_is_unknown(languages):
    assert found(make(GERMAN, CHINESE, GREEN), languages) == {}


def test_code_tables_and_few_words_say_nothing_of_the_language():
    assert found(make(GERMAN * 3, kind=BlockKind.CODE)) == {}
    assert found(make("Total 12 300", "Müller GmbH")) == {}


# Passages


def test_passages_longer_than_the_encoder_reads_are_told():
    document = make((GREEN, 1), (GREEN.replace("beaver", "otter") * 20, 2))
    assert "passages_very_long" in found(document)
    finding = found(document, encoder_tokens=50)["passages_very_long"]
    assert finding.pages == (2,)
    assert "1 of 2 passages (50 %) on page 2 is longer than the 50 tokens" in finding.message
    assert "passages_very_long" not in found(document, encoder_tokens=2000)


def test_many_very_short_passages_are_told_and_a_few_are_not():
    scraps = [(f"Figure {i}", i) for i in range(1, 11)]
    finding = found(make(*numbered(5), *scraps))["passages_very_short"]
    assert "10 of 15 passages (67 %) on pages 1–10 are shorter" in finding.message
    assert finding.pages == tuple(range(1, 11))
    assert "passages_very_short" not in found(make(*numbered(40), *scraps))
    assert "passages_very_short" not in found(make(*scraps[:3]))


# Text


def test_pages_with_hardly_a_word_are_told_but_not_a_title_page():
    pages = [("Report", 1), *numbered(6)[1:4], ("Fig. 5", 5), ("Fig. 6", 6)]
    finding = found(make(*pages, media_type="application/pdf"))["little_text"]
    assert finding.pages == (5, 6)
    assert "pages 5–6 (2 of 6 pages" in finding.message
    assert "little_text" not in found(make(*pages[:4], media_type="application/pdf"))
    assert "little_text" not in found(make(*pages, media_type="application/vnd.ms-powerpoint"))


def test_a_page_that_the_parser_told_of_is_not_told_again():
    document = make(("Fig. 1", 1), media_type="application/pdf")
    told = Finding("pages_by_ocr", "Page 1 was read by OCR.", (1,))
    assert assess(document, passages_of(document), [2], [told], ENGLISH) == (told,)
    assert "little_text" in found(document)


def test_lost_characters_are_told():
    finding = found(make((GREEN, 1), ("The dam is 4\ufffd m l\ufffdng, \ufffdld and \ufffdf w\ufffdod.", 2)))
    assert finding["replacement_characters"].pages == (2,)
    assert "5 characters" in finding["replacement_characters"].message


def test_garbled_letters_are_told_and_good_ones_are_not():
    garbled = GERMAN.encode().decode("latin-1").replace("\x84", "„")
    finding = found(make((GREEN, 1), ("KÃ¤ufer, VerkÃ¤ufer und HÃ¤ndler, fÃ¼r LÃ¤den. " + garbled, 2)))["mojibake"]
    assert finding.pages == (2,)
    assert "KÃ¤ufer" in finding.message
    good = ["L’été à la plage: « Où est-il ? » – 12 °C, 5 µm.", "Привет, мир! Как дела?", CHINESE, GERMAN]
    assert "mojibake" not in found(make(*good), None)


def test_a_paragraph_that_comes_on_every_page_is_told():
    notice = "Confidential: for the members of the board only, page {}."
    blocks = [block for i, page in enumerate(numbered(8), 1) for block in (page, (notice.format(i), i))]
    finding = found(make(*blocks))["repeated_text"]
    assert "The same paragraph 8 times on pages 1–8: “Confidential" in finding.message
    assert "repeated_text" not in found(make(*blocks[:8]))


def test_a_long_text_without_headings_is_told():
    blocks = [text for text, _ in numbered(150)]
    assert "no_headings" in found(make(*blocks))
    assert "no_headings" not in found(make(*blocks[:20]))
    assert "no_headings" not in found(make(*blocks, kind=BlockKind.TABLE))
    document = make(*blocks)
    first, *rest = document.blocks
    heading = Block(BlockKind.HEADING, first.start, first.end, None, 1)
    headed = Document("d", "file:///d", "D", "text/plain", None, document.text, (heading, *rest))
    assert "no_headings" not in found(headed)


@given(st.lists(st.tuples(st.text(min_size=1), st.integers(1, 9)), max_size=12), st.booleans())
def test_whatever_a_document_holds_findings_are_words_and_pages_of_it(blocks, pdf):
    document = make(*blocks, media_type="application/pdf" if pdf else "text/plain")
    for finding in found(document, encoder_tokens=3).values():
        assert finding.message.strip().endswith(".")
        assert set(finding.pages) <= {page for _, page in blocks}
        assert list(finding.pages) == sorted(set(finding.pages))
        json.dumps(finding.message)


# Page ranges


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([3], "page 3"),
        ([3, 4], "pages 3–4"),
        ([7, 1, 2, 3, 3, 12], "pages 1–3, 7 and 12"),
        (range(1, 40, 2), "pages 1, 3, 5, 7, 9, 11, 13, 15 and others"),
    ],
)
def test_page_ranges(pages, words):
    assert page_ranges(pages) == words


@given(st.sets(st.integers(1, 12), min_size=1))
def test_page_ranges_name_every_page_and_no_other(pages):
    words = page_ranges(pages).removeprefix("pages ").removeprefix("page ").replace(" and ", ", ")
    named = set()
    for part in words.split(", "):
        first, _, last = part.partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == pages


def test_figures_at_the_ends_of_a_repeated_notice_do_not_hide_it():
    notice = "This page was left without any text on purpose"
    document = make(*(f"({i}) {notice} – {i * 7} –" for i in range(6)), GREEN)
    assert "6 times" in found(document)["repeated_text"].message


@pytest.mark.parametrize("row", ["-" * 1_000_000, "1" * 1_000_000 + "x"])
def test_a_row_of_one_character_without_end_is_no_work(row):
    assert "repeated_text" not in found(make(row), None)
