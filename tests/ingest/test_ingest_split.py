"""Where passages begin and end."""

from ingest_samples import check_passages, document_of, word_counts

from ingest.split import SplitSettings, split


def texts(source, name, target, maximum):
    document = document_of(source, name)
    passages = split(document, word_counts, SplitSettings(target, maximum))
    check_passages(document, passages, word_counts, maximum)
    return [p.text for p in passages]


def test_paragraphs_are_gathered_until_the_target_is_reached():
    source = "\n\n".join(f"one two three {i}" for i in range(5))
    assert texts(source, "a.txt", target=8, maximum=12) == [
        "one two three 0\n\none two three 1",
        "one two three 2\n\none two three 3",
        "one two three 4",
    ]


def test_a_paragraph_that_would_pass_the_maximum_begins_the_next_passage():
    assert texts("a b c d e\n\nf g h i j k", "a.txt", target=8, maximum=10) == ["a b c d e", "f g h i j k"]


def test_a_heading_begins_the_passage_of_what_it_heads():
    source = "intro\n\n# One\n\n## Sub\n\nalpha\n\n# Two\n\nbeta\n"
    document = document_of(source, "a.md")
    passages = split(document, word_counts)
    assert [(p.text, p.section) for p in passages] == [
        ("intro", ()),
        ("One\n\nSub\n\nalpha", ("One", "Sub")),
        ("Two\n\nbeta", ("Two",)),
    ]


def test_the_section_path_forgets_deeper_headings():
    source = "# A\n\na\n\n### A1\n\nb\n\n## A2\n\nc\n\n# B\n\nd\n"
    document = document_of(source, "a.md")
    assert [p.section for p in split(document, word_counts)] == [("A",), ("A", "A1"), ("A", "A2"), ("B",)]


def test_a_long_paragraph_is_cut_at_sentences():
    source = "One two three four. Five six seven eight. Nine ten eleven twelve. Done."
    assert texts(source, "a.txt", target=5, maximum=6) == [
        "One two three four.",
        "Five six seven eight.",
        "Nine ten eleven twelve. Done.",
    ]


def test_a_long_sentence_is_cut_at_words():
    assert texts("a b c d e f g", "a.txt", target=3, maximum=3) == ["a b c", "d e f", "g"]


def test_a_long_list_is_cut_between_its_items():
    source = "- one two three\n- four five six\n- seven eight nine\n"
    assert texts(source, "a.md", target=4, maximum=5) == ["- one two three", "- four five six", "- seven eight nine"]


def test_japanese_is_cut_at_its_full_stops():
    document = document_of("港の灯台。霧の日の鐘。船は帰る。", "a.txt")
    passages = split(document, lambda batch: [len(text) for text in batch], SplitSettings(7, 7))
    assert [p.text for p in passages] == ["港の灯台。", "霧の日の鐘。", "船は帰る。"]


def test_no_heading_is_left_at_the_end_of_a_passage():
    source = "# One\n\nalpha beta\n\n# Two\n\ngamma delta\n"
    assert texts(source, "a.md", target=50, maximum=60) == ["One\n\nalpha beta", "Two\n\ngamma delta"]


def test_paragraphs_without_tokens_do_not_make_a_passage_without_end():
    document = document_of("\n\n".join(["\u200b"] * 1_000), "a.txt")
    passages = split(document, lambda texts: [0] * len(texts), SplitSettings(8, 12))
    assert len(passages) == 125
