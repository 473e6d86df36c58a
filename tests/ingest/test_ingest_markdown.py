"""Markdown: its structure is kept, its marks are not."""

from ingest_samples import document_of, shape


def test_the_title_comes_from_the_front_matter_which_is_not_text():
    document = document_of('---\nlayout: post\ntitle: "Cold frames"\n---\n# Sowing\n\nIn March.\n', "a.md")
    assert document.title == "Cold frames"
    assert document.text == "Sowing\n\nIn March."


def test_the_title_is_the_first_heading_where_there_is_no_front_matter():
    assert document_of("Preface.\n\n## Sowing\n", "a.md").title == "Sowing"


def test_nested_lists_are_one_block_with_a_line_an_item():
    text = "3. three\n   - inner *one*\n     1. deep\n   - inner two\n4. four\n\n   more on four\n"
    expected = "3. three\n- inner one\n1. deep\n- inner two\n4. four\nmore on four"
    assert shape(document_of(text, "a.md")) == [("list", expected)]


def test_tables_become_rows_whose_cells_are_named():
    text = "| Plant | Month |\n|---|:--:|\n| **Leek** | `March` |\n| Bean | |\n"
    assert shape(document_of(text, "a.md")) == [("table", "Plant | Month\nPlant: Leek | Month: March\nPlant: Bean")]


def test_code_keeps_its_indentation_and_blank_lines():
    text = "Run:\n\n```sh\nif true; then\n    echo  two   spaces\n\nfi\n```\n\n    indented\n"
    assert shape(document_of(text, "a.md")) == [
        ("paragraph", "Run:"),
        ("code", "if true; then\n    echo  two   spaces\n\nfi"),
        ("code", "indented"),
    ]


def test_links_images_and_emphasis_leave_their_words():
    text = "See [the *guide*](https://example.org/x) and ![a map](map.png), ~~never~~ <https://example.org>.\n"
    assert document_of(text, "a.md").text == "See the guide and a map, never https://example.org."


def test_html_inside_markdown_is_read_as_html():
    text = "Press <kbd>Ctrl</kbd> now.\n\n<div><h2>Inside</h2><p>a &amp; b</p><script>no()</script></div>\n"
    assert shape(document_of(text, "a.md")) == [
        ("paragraph", "Press Ctrl now."),
        ("heading", "Inside"),
        ("paragraph", "a & b"),
    ]


def test_quotes_are_paragraphs_and_setext_headings_are_headings():
    document = document_of("Title\n=====\n\n> quoted\n> words\n\nSub\n---\n\nend\n", "a.md")
    assert shape(document) == [
        ("heading", "Title"),
        ("paragraph", "quoted\nwords"),
        ("heading", "Sub"),
        ("paragraph", "end"),
    ]
    assert [b.level for b in document.blocks] == [1, None, 2, None]
