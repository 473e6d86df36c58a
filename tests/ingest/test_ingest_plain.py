"""Plain text: paragraphs, lists and headings by their layout."""

from ingest_samples import document_of, shape


def test_blank_lines_separate_paragraphs_and_the_text_stays():
    text = "  First line\nsecond line\n   \n\n\tNext paragraph."
    document = document_of(text, "a.txt")
    assert document.text == text
    assert shape(document) == [("paragraph", "First line\nsecond line"), ("paragraph", "Next paragraph.")]


def test_lines_with_bullets_or_numbers_are_a_list():
    text = "Bring:\n\n- bread\n- salt\n\n1. Mix.\n2) Wait.\n\n(a) this\n(b) that"
    assert [kind for kind, _ in shape(document_of(text, "a.txt"))] == ["paragraph", "list", "list", "list"]


def test_numbered_shouted_and_named_lines_are_headings():
    text = "SUMMARY\n\nOne.\n\n2.1 The plan\n\nTwo.\n\nChapter IV\n\nThree.\n\nIt is late.\n\nFour."
    document = document_of(text, "a.txt")
    headings = [(document.text[b.start : b.end], b.level) for b in document.blocks if b.kind == "heading"]
    assert headings == [("SUMMARY", 1), ("2.1 The plan", 3), ("Chapter IV", 1)]


def test_a_title_may_begin_with_a_year():
    text = "1973 oil crisis\n\n" + "The embargo began in October and ended in March of the next year, after talks. " * 2
    assert document_of(text, "a.txt").title == "1973 oil crisis"


def test_a_last_line_heads_nothing():
    assert shape(document_of("Some words.\n\nTHE END", "a.txt"))[-1] == ("paragraph", "THE END")


def test_line_ends_are_unified_and_controls_go():
    assert document_of("a\r\nb\rc\x07d\x1be\n\nf\fg", "a.txt").text == "a\nb\ncde\n\nf\n\ng"
