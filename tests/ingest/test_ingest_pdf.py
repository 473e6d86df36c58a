"""PDF: the text in reading order, its pages and its structure."""

import pytest
from ingest_samples import check_document, document_of, draw_picture, pdf, pdf_of_lines, pieces, shape, word_counts

from ingest.read import read
from ingest.split import SplitSettings, split


@pytest.fixture(scope="module")
def manual(data_folder):
    return document_of((data_folder / "manual.pdf").read_bytes(), "manual.pdf")


@pytest.fixture(scope="module")
def report(data_folder):
    return document_of((data_folder / "report.pdf").read_bytes(), "report.pdf")


def text_of_page(document, page):
    return " ".join(document.text[b.start : b.end] for b in document.blocks if b.page == page)


def test_a_printed_page_gives_its_headings_table_and_title(manual):
    check_document(manual)
    assert manual.title == "Field manual for the Halden weather station"
    assert manual.metadata["pages"] == "3"
    headings = [(manual.text[b.start : b.end], b.level, b.page) for b in manual.blocks if b.kind == "heading"]
    assert headings == [
        ("Field manual", 1, 1),
        ("Instruments", 2, 1),
        ("Service intervals", 3, 1),
        ("Rounds", 2, 2),
        ("Observations", 3, 2),
        ("Contacts", 2, 3),
    ]
    tables = [manual.text[b.start : b.end] for b in manual.blocks if b.kind == "table"]
    assert tables == [
        "Instrument | Interval in days | Spare part\n"
        "Instrument: Thermometer | Interval in days: 365 | Spare part: TH-20\n"
        "Instrument: Anemometer | Interval in days: 90 | Spare part: AN-71\n"
        "Instrument: Rain gauge | Interval in days: 30 | Spare part: RG-04"
    ]


def test_two_columns_are_read_one_after_the_other(manual):
    text = text_of_page(manual, 2)
    assert (
        "stood still for eleven days before anyone noticed that the wind had been calm for too long. "
        "Beta paragraph follows in the same order. Since then the software raises an alarm when the wind speed has "
        "not changed for six hours. The alarm has rung four times, twice for ice and twice for a spider that had "
        "built its web between the cups. Omega ends the columns."
    ) in text
    assert text.index("Alpha column") < text.index("Beta paragraph")


def test_headings_make_the_section_path_of_the_passages(manual):
    passages = split(manual, word_counts, SplitSettings(30, 60))
    sections = {p.section for p in passages}
    assert sections == {
        ("Field manual",),
        ("Field manual", "Instruments"),
        ("Field manual", "Instruments", "Service intervals"),
        ("Field manual", "Rounds"),
        ("Field manual", "Rounds", "Observations"),
        ("Field manual", "Contacts"),
    }
    table = next(p for p in passages if "RG-04" in p.text)
    assert table.section == ("Field manual", "Instruments", "Service intervals")
    assert table.pages == (1, 1)


def test_running_headers_and_page_numbers_are_dropped(report):
    assert "Harbour board" not in report.text
    assert pieces(report) == [
        "Harbour report",
        "The quay was closed for nine days. Traffic fell by a twentieth, and the repair of the eastern crane began "
        "in May.",
        "Traffic",
        "In the first quarter 412 ships called. In the second quarter there were 388, most of them from the Baltic.",
        "1. Bulk carriers brought grain and gravel.\n2. Ferries brought people.",
        "Repairs",
        "The eastern crane cost 2.4 million crowns, which the board paid from its reserve.",
        "Outlook",
        "The board expects 1,700 ships in the coming year.",
    ]
    assert [b.page for b in report.blocks] == [1, 1, 2, 2, 2, 3, 3, 4, 4]


def test_a_line_that_stands_in_the_margin_of_one_page_only_is_kept():
    def draw(canvas):
        for page in range(1, 5):
            canvas.drawString(72, 820, "Annual accounts")
            canvas.drawString(300, 20, str(page))
            canvas.drawString(72, 600, f"Body text of page {page}.")
            if page == 2:
                canvas.drawString(72, 60, "A note at the foot of the page.")
            canvas.showPage()

    document = document_of(pdf(draw), "a.pdf")
    assert "Annual accounts" not in document.text
    assert text_of_page(document, 2) == "Body text of page 2. A note at the foot of the page."
    assert text_of_page(document, 4) == "Body text of page 4."


def test_each_block_knows_its_page():
    document = document_of(pdf_of_lines(["On the first."], [], ["On the third."]), "a.pdf")
    assert [(document.text[b.start : b.end], b.page) for b in document.blocks] == [
        ("On the first.", 1),
        ("On the third.", 3),
    ]
    (passage,) = split(document, word_counts)
    assert passage.pages == (1, 3)


def test_words_hyphenated_at_a_line_end_are_joined_and_other_hyphens_stay():
    lines = ["The inter-", "national rules on well-known hazards are set by a commit-", "tee of nine."]
    assert document_of(pdf_of_lines(lines), "a.pdf").text == (
        "The international rules on well-known hazards are set by a committee of nine."
    )


def test_a_line_that_ends_in_a_hyphen_stays_a_line_of_its_paragraph():
    lines = [
        "The harbour board met again on the first of May",
        "to decide about the inter-",
        "national rules that",
        "apply to every ship that calls at the quay in",
        "winter, and it agreed on most of them before noon.",
    ]
    assert shape(document_of(pdf_of_lines(lines), "a.pdf")) == [
        (
            "paragraph",
            "The harbour board met again on the first of May to decide about the international rules that apply to "
            "every ship that calls at the quay in winter, and it agreed on most of them before noon.",
        )
    ]


def test_ligatures_become_their_letters(report):
    # The file itself holds "ﬃ" and "ﬁ": its producer set them as one glyph.
    assert "Traffic" in report.text
    assert "first quarter" in report.text


def test_lines_without_a_gap_are_a_paragraph_and_a_gap_begins_the_next():
    def draw(canvas):
        canvas.setFont("Helvetica", 11)
        for y, line in ((700, "One sentence over"), (686, "two lines."), (650, "Another paragraph.")):
            canvas.drawString(72, y, line)
        canvas.showPage()

    assert shape(document_of(pdf(draw), "a.pdf")) == [
        ("paragraph", "One sentence over two lines."),
        ("paragraph", "Another paragraph."),
    ]


def test_cells_of_a_row_are_kept_apart_and_a_currency_sign_stays_with_its_figure():
    def draw(canvas):
        canvas.setFont("Helvetica", 10)
        rows = (("Revenue", "$", "1,204"), ("Costs", "$", "(87)"))
        for y, (label, sign, figure) in zip((700, 686), rows, strict=True):
            canvas.drawString(72, y, label)
            canvas.drawString(250, y, sign)
            canvas.drawString(300, y, figure)
        canvas.showPage()

    assert shape(document_of(pdf(draw), "a.pdf")) == [("table", "Revenue | $ 1,204\nCosts | $ (87)")]


def test_columns_drawn_one_after_the_other_are_read_that_way():
    def draw(canvas):
        canvas.setFont("Helvetica", 10)
        for x, words in ((72, "left"), (320, "right")):
            for i in range(6):
                canvas.drawString(x, 700 - 13 * i, f"The {words} column goes on in line {i}")
        canvas.showPage()

    text = document_of(pdf(draw), "a.pdf").text.replace("\n", " ")
    expected = [f"The {side} column goes on in line {i}" for side in ("left", "right") for i in range(6)]
    assert " ".join(text.split()) == " ".join(expected)


def test_pages_that_are_images_are_named_in_a_note():
    def draw(canvas):
        canvas.drawString(72, 700, "Words on the first page.")
        canvas.showPage()
        draw_picture(canvas)
        draw_picture(canvas)

    reading = read(pdf(draw), "file:///scan.pdf", "scan.pdf")
    assert reading.document.text == "Words on the first page."
    assert reading.notes == ("No text on pages 2, 3 of 3: images there were not read.",)


def test_the_title_is_the_documents_own_or_else_the_files_name():
    def draw(canvas):
        canvas.drawString(72, 700, "Words.")
        canvas.showPage()

    def with_title(title):
        def titled(canvas):
            canvas.setTitle(title)
            draw(canvas)

        return pdf(titled)

    assert document_of(with_title("Tide tables of 2024"), "x_y.pdf").title == "Tide tables of 2024"
    assert document_of(with_title("untitled"), "x_y.pdf").title == "X y"
    assert document_of(with_title("0000-1234"), "x_y.pdf").title == "X y"


def test_a_title_that_is_not_decodable_is_left_out():
    def draw(canvas):
        canvas.setTitle("PLACEHOLDER")
        canvas.drawString(72, 700, "Words.")
        canvas.showPage()

    data = pdf(draw).replace(b"(PLACEHOLDER)", b"(\xfe\xff\xd8\x00\x00A\x00B)")
    document = document_of(data, "half.pdf")
    assert b"\xd8\x00" in data
    assert (document.title, document.text) == ("Half", "Words.")
