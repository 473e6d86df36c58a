"""Every offset is exact, in every format, whatever the text holds."""

import html
import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import check_document, check_passages, document_of, word_counts
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, ListFlowable, Paragraph, SimpleDocTemplate, Spacer, Table

from core.errors import ReadError
from core.types import BlockKind, Document
from ingest import html as html_parser
from ingest import markdown as markdown_parser
from ingest import plain as plain_parser
from ingest.read import read
from ingest.split import SplitSettings, split

CountTokens = Callable[[Sequence[str]], list[int]]

_HARD = [
    "👩‍👩‍👧‍👦", "🇳🇴", "e\u0301\u0323", "שָׁלוֹם", "مرحبا", "漢字仮名", "한국어", "हिन्दी", "ภาษาไทย", "𝔘𝔫𝔦", "ﬁﬀ", "İi",
    "ß", "\u200dx", "\u202eabc\u202c", "\x00\x07", "\ufeff", "\xad", "\r\n", "\r", "\f", "\u2028", "\u2029", "\x85",
    "\u3000", "\xa0", "\u200b", "\t", "\n\n", "\n \n", "#", "- ", "1. ", "| a |", "```", "<p>", "<!--", "&amp;",
    "&#0;", "---\n", "\\", "\ud800", "\udfff", "\udc80",
]  # fmt: skip
any_text = st.lists(st.one_of(st.text(st.characters(), max_size=12), st.sampled_from(_HARD)), max_size=30).map("".join)

_light = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
_small = SplitSettings(target=6, maximum=10)


@dataclass(frozen=True)
class Element:
    """A heading, paragraph, list or table, as rows of cells of words."""

    kind: BlockKind
    rows: list[list[str]]
    level: int = 1

    @property
    def words(self) -> list[str]:
        return " ".join(cell for row in self.rows for cell in row).split()


def elements(word: st.SearchStrategy[str]) -> st.SearchStrategy[list[Element]]:
    words = st.lists(word, min_size=1, max_size=12).map(" ".join)
    line = words.map(lambda w: [[w]])
    heading = st.builds(Element, st.just(BlockKind.HEADING), line, st.integers(1, 6))
    paragraph = st.builds(Element, st.just(BlockKind.PARAGRAPH), line)
    items = st.lists(words.map(lambda w: [w]), min_size=2, max_size=4)
    listing = st.builds(Element, st.just(BlockKind.LIST), items)
    cell = st.lists(word, min_size=1, max_size=2).map(" ".join)
    rows = st.integers(2, 3).flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=2, max_size=4))
    table = st.builds(Element, st.just(BlockKind.TABLE), rows)
    return st.lists(st.one_of(heading, paragraph, listing, table), min_size=1, max_size=8)


unicode_words = st.one_of(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
    st.sampled_from(["👩‍👩‍👧‍👦", "e\u0301tude", "naïve", "漢字仮名交じり文", "مرحبا", "שלום", "हिन्दी", "🇳🇴", "ﬁn"]),
)
latin_words = st.text("abcdefghjkmnopqrstuvwxyzABCDEFGHKMNOPRSTUVXYZäöüßéèñçøåæ0123456789", min_size=2, max_size=10)


def as_plain(parts: list[Element]) -> str:
    out = []
    for part in parts:
        bullet = "- " if part.kind is BlockKind.LIST else ""
        out.append("\n".join(bullet + " | ".join(row) for row in part.rows))
    return "\n\n".join(out)


def as_markdown(parts: list[Element]) -> str:
    out = []
    for part in parts:
        rows = [f"| {' | '.join(row)} |" for row in part.rows]
        match part.kind:
            case BlockKind.HEADING:
                out.append("#" * part.level + " " + part.rows[0][0])
            case BlockKind.LIST:
                out.append("\n".join(f"* {row[0]}" for row in part.rows))
            case BlockKind.TABLE:
                out.append("\n".join([rows[0], "|" + "---|" * len(part.rows[0]), *rows[1:]]))
            case _:
                out.append(part.rows[0][0])
    return "\n\n".join(out)


def as_html(parts: list[Element]) -> str:
    out = ["<!DOCTYPE html><html><head><title>Title</title></head><body>"]
    for part in parts:
        rows = [[html.escape(cell) for cell in row] for row in part.rows]
        match part.kind:
            case BlockKind.HEADING:
                out.append(f"<h{part.level}>{rows[0][0]}</h{part.level}>")
            case BlockKind.LIST:
                out.append("<ul>" + "".join(f"<li>{row[0]}</li>" for row in rows) + "</ul>")
            case BlockKind.TABLE:
                head, *body = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
                head = head.replace("td>", "th>")
                out.append("<table>" + "".join(f"<tr>{row}</tr>" for row in (head, *body)) + "</table>")
            case _:
                out.append(f"<p>{rows[0][0]}</p>")
    return "\n".join([*out, "</body></html>"])


def as_pdf(parts: list[Element]) -> bytes:
    styles = getSampleStyleSheet()
    story: list[Flowable] = []
    for part in parts:
        match part.kind:
            case BlockKind.HEADING:
                story.append(Paragraph(part.rows[0][0], styles[f"Heading{part.level}"]))
            case BlockKind.LIST:
                items = [Paragraph(row[0], styles["BodyText"]) for row in part.rows]
                story.append(ListFlowable(items, bulletType="1", bulletFormat="%s."))
            case BlockKind.TABLE:
                story.append(Table(part.rows))
            case _:
                story.append(Paragraph(part.rows[0][0], styles["BodyText"]))
        story.append(Spacer(1, 12))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, topMargin=90, bottomMargin=90).build(story)
    return out.getvalue()


def words_of(document: Document) -> list[str]:
    """The words of a document without the marks that stand for lists and tables."""
    return [word for word in document.text.split() if word not in ("-", "|")]


def expected_words(parts: list[Element]) -> list[str]:
    """Below the first row of a table of several columns, each cell is named by the heading of its column."""
    found: list[str] = []
    for part in parts:
        names = part.rows[0]
        for i, row in enumerate(part.rows):
            named = part.kind is BlockKind.TABLE and i > 0 and len(names) > 1
            for name, cell in zip(names if named else row, row, strict=True):
                found += (f"{name}: {cell}" if named and name != cell else cell).split()
    return found


def check(data: bytes, name: str, count_tokens: CountTokens) -> Document:
    document = document_of(data, name)
    check_document(document)
    check_passages(document, split(document, count_tokens), count_tokens, 200)
    check_passages(document, split(document, count_tokens, _small), count_tokens, 10)
    assert document_of(data, name) == document
    return document


@_light
@given(any_text)
@pytest.mark.parametrize("parse", [plain_parser.parse, markdown_parser.parse, html_parser.parse])
def test_any_text_at_all_gives_exact_blocks_and_storable_text(parse, text):
    parsed = parse(text, "a.txt")
    parsed.text.encode("utf-8")
    last = 0
    for block in parsed.blocks:
        piece = parsed.text[block.start : block.end]
        assert last <= block.start < block.end <= len(parsed.text)
        assert piece == piece.strip()
        last = block.end


@_light
@given(any_text.filter(lambda t: any("a" <= c <= "z" for c in t)))
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_any_unicode_text_is_read_and_split_exactly(count_tokens, name, text):
    data = text.encode("utf-8", "replace")
    try:
        document = document_of(data, name)
    except ReadError:
        return  # what may be refused is the subject of test_ingest_bad_input.py
    check_document(document)
    for maximum in (3, 10, 200):
        passages = split(document, count_tokens, SplitSettings(maximum // 2, maximum))
        check_passages(document, passages, count_tokens, maximum)


@_light
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"], exclude_characters="\ufffe\uffff"), min_size=1))
def test_plain_text_stays_as_it_is(text):
    data = f"x {text} x".encode()
    assert document_of(data, "a.txt").text == f"x {text} x"


@_light
@given(
    elements(unicode_words), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_words_put_into_plain_text_come_out_in_order(count_tokens, parts, line_end, encoding):
    data = as_plain(parts).replace("\n", line_end).encode(encoding)
    document = check(data, "a.txt", count_tokens)
    assert words_of(document) == [word for part in parts for word in part.words]


def _kinds(kinds: list[BlockKind]) -> list[BlockKind]:
    """Lists that follow each other are one list in Markdown."""
    groups = ((kind, len(list(group))) for kind, group in itertools.groupby(kinds))
    return [kind for kind, n in groups for _ in range(1 if kind is BlockKind.LIST else n)]


@_light
@given(elements(unicode_words))
def test_words_and_structure_put_into_markdown_come_out_in_order(count_tokens, parts):
    document = check(as_markdown(parts).encode(), "a.md", count_tokens)
    assert words_of(document) == expected_words(parts)
    assert _kinds([b.kind for b in document.blocks]) == _kinds([part.kind for part in parts])
    assert [b.level for b in document.blocks if b.level] == [
        part.level for part in parts if part.kind is BlockKind.HEADING
    ]


@_light
@given(elements(unicode_words))
def test_words_and_structure_put_into_html_come_out_in_order(count_tokens, parts):
    document = check(as_html(parts).encode(), "a.html", count_tokens)
    assert words_of(document) == expected_words(parts)
    assert [b.kind for b in document.blocks] == [part.kind for part in parts]
    assert [b.level for b in document.blocks if b.level] == [
        part.level for part in parts if part.kind is BlockKind.HEADING
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(elements(latin_words))
def test_words_put_into_a_pdf_come_out_in_order(count_tokens, parts):
    found = words_of(check(as_pdf(parts), "a.pdf", count_tokens))
    seen: set[str] = set()
    for part in parts:
        for number, row in enumerate(part.rows, 1):
            expected = [f"{number}."] if part.kind is BlockKind.LIST else []
            for word in [*expected, *(word for cell in row for word in cell.split())]:
                # Where a PDF lets tell the name of a column, each cell has it before it; nothing else may stand there.
                at = found.index(word)
                assert all(other.removesuffix(":") in seen for other in found[:at])
                del found[: at + 1]
                seen.add(word)
    assert all(other.removesuffix(":") in seen for other in found)


_MEGABYTE_LINE = "The quick brown fox jumps over 13 lazy dogs; nobody minds. " * 17_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_MEGABYTE_LINE, id="one line of 1 MB"),
        pytest.param("x" * 300_000, id="300,000 letters without a space"),
        pytest.param("漢字仮名交じり文。" * 10_000, id="Japanese without a space"),
        pytest.param("👩‍👩‍👧" * 5_000, id="emoji without a space"),
        pytest.param("word\n" * 40_000, id="40,000 lines"),
        pytest.param("A sentence of words.\n\n" * 5_000, id="5,000 paragraphs"),
    ],
)
def test_long_text_is_split_whole(count_tokens, text):
    document = document_of(text, "long.txt")
    assert document.text == text.rstrip()
    passages = split(document, count_tokens)
    check_document(document)
    check_passages(document, passages, count_tokens, 200)
    assert max(len(p.text) for p in passages) <= 8 * 200  # no passage hides a blob behind one odd token


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(["embedding", "internationalisation", "schaden", "a", "b", "c", "x", "."]), min_size=40),
    st.integers(4, 30),
)
def test_words_that_make_more_tokens_together_than_apart_stay_below_the_maximum(count_tokens, parts, maximum):
    document = document_of("".join(["a", *parts]), "a.txt")
    check_passages(document, split(document, count_tokens, SplitSettings(maximum, maximum)), count_tokens, maximum)


def test_blank_lines_and_zero_width_spaces_do_not_shift_what_follows(count_tokens):
    code = "first line\n\n\n\n\n\nsecond \u200b\u200b line\n\n\n\nthird line\n\n\n\nlast line"
    document = document_of(f"```\n{code}\n```\n", "a.md")
    passages = split(document, count_tokens, SplitSettings(3, 3))
    check_passages(document, passages, count_tokens, 3)
    assert [p.text for p in passages] == ["first line", "second \u200b\u200b line", "third line", "last line"]


def test_a_heading_of_a_megabyte_is_not_repeated_in_every_passage():
    document = document_of(f"<html><body><h1>{'word ' * 20_000}</h1><p>Text.</p></body></html>", "a.html")
    passages = split(document, word_counts)
    check_passages(document, passages, word_counts, 200)
    assert sum(len(title) for p in passages for title in p.section) < len(document.text)


def test_the_same_bytes_at_another_place_are_another_document():
    data = b"The same words."
    one = read(data, "file:///a.txt", "a.txt").document
    other = read(data, "file:///b.txt", "b.txt").document
    assert one.id != other.id
    assert one.id != read(b"Other words.", "file:///a.txt", "a.txt").document.id
    assert one.metadata["sha256"] == other.metadata["sha256"]
    assert len(one.id) == 32
