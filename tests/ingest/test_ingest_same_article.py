"""One article in eight formats: whoever saved it, the same blocks come out."""

import pytest
from ingest_samples import check_document, document_of, pieces

ARTICLE = "The Halden lighthouse"
STRUCTURED = ["html", "docx", "odt", "epub", "rtf", "pdf"]


@pytest.fixture(scope="module")
def read_article(data_folder):
    def read(name):
        return document_of((data_folder / "article" / f"article.{name}").read_bytes(), f"article.{name}")

    return read


@pytest.mark.parametrize("name", STRUCTURED)
def test_its_blocks_are_those_of_the_markdown(read_article, name):
    document = read_article(name)
    check_document(document)
    assert pieces(document) == pieces(read_article("md"))


@pytest.mark.parametrize("name", [n for n in STRUCTURED if n != "pdf"])
def test_their_kinds_and_the_headings_levels_are_the_same(read_article, name):
    kinds = [(block.kind, block.level) for block in read_article(name).blocks]
    assert kinds == [(block.kind, block.level) for block in read_article("md").blocks]


@pytest.mark.parametrize("name", ["md", "txt", *STRUCTURED])
def test_its_title_is_its_first_heading(read_article, name):
    assert read_article(name).title == ARTICLE


def test_a_pdf_shows_headings_by_their_size(read_article):
    document = read_article("pdf")
    headings = [(document.text[b.start : b.end], b.level) for b in document.blocks if b.kind == "heading"]
    # "Materials" is set like the text below it.
    assert headings == [(ARTICLE, 1), ("Construction", 2), ("The light", 2), ("Staff", 2), ("Visits", 2)]


def test_plain_text_has_the_same_words_and_headings(read_article):
    document, markdown = read_article("txt"), read_article("md")
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind == "heading"]
    assert headings == [markdown.text[b.start : b.end] for b in markdown.blocks if b.kind == "heading"]
    paragraphs = {document.text[b.start : b.end] for b in document.blocks if b.kind == "paragraph"}
    assert {markdown.text[b.start : b.end] for b in markdown.blocks if b.kind == "paragraph"} <= paragraphs
