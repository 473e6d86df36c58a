"""The boxes of a span lie on its words on the page of the PDF: what PDFium reads inside of them is the quote."""

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from ingest import ocr
from ingest.pdf_isolated import page_text
from ingest.read import read
from service.source.boxes import boxes_of
from service.source.fold import fold

DATA = Path(__file__).parent.parent / "data"
LEFT = ["The lighthouse keeper counts", "the ships that pass by night", "and writes them in a ledger."]
RIGHT = ["The harbour master reads the", "ledger when the month is over", "and signs the last page of it."]


def drawn(draw, pages: int = 1) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4)
    for number in range(pages):
        draw(sheet, number)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def column(sheet, x: int, y: int, lines: list[str]) -> None:
    text = sheet.beginText(x, y)
    for line in lines:
        text.textLine(line)
    sheet.drawText(text)


class Pdf:
    """An ingested PDF, and the words that stand in boxes on its pages."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self.path = folder / "some.pdf"
        self.path.write_bytes(data)
        self.document = read(data, self.path.as_uri(), "some.pdf").document

    def boxes(self, quote: str, occurrence: int = 0):
        start = -1
        for _ in range(occurrence + 1):
            start = self.document.text.index(quote, start + 1)
        return boxes_of(self.document, start, start + len(quote), lambda number: page_text(self.path, number))

    def words_in(self, boxes) -> str:
        """What PDFium holds for the text within each box, after rotation and crop are undone."""
        opened = pdfium.PdfDocument(self.path)
        found = []
        for box in boxes:
            page = opened[box.page - 1]
            left, bottom, right, top = page.get_cropbox()
            # From shares of the page as shown back to the page's own system, in which the text is upright.
            turned = {
                0: lambda x, y: (x, 1 - y),
                90: lambda x, y: (y, x),
                180: lambda x, y: (1 - x, y),
                270: lambda x, y: (1 - y, 1 - x),
            }[page.get_rotation()]
            corners = [turned(box.x, box.y), turned(box.x + box.width, box.y + box.height)]
            x0, x1 = sorted(left + x * (right - left) for x, _ in corners)
            y0, y1 = sorted(bottom + y * (top - bottom) for _, y in corners)
            # The lines above and below reach into a box, as lines do, so only its middle is read.
            xs, ys = (x0 + 0.5, x1 - 0.5), (y0 + 0.25 * (y1 - y0), y0 + 0.6 * (y1 - y0))
            found.append(page.get_textpage().get_text_bounded(xs[0], ys[0], xs[1], ys[1]))
        opened.close()
        return " ".join(found)

    def assert_lit(self, quote: str, occurrence: int = 0):
        boxes = self.boxes(quote, occurrence)
        assert boxes
        assert all(0 <= b.x < b.x + b.width <= 1.00001 and 0 <= b.y < b.y + b.height <= 1.00001 for b in boxes)
        assert fold(self.words_in(boxes)).letters == fold(quote).letters
        return boxes


@pytest.fixture
def pdf(tmp_path):
    return lambda data: Pdf(data, tmp_path)


@pytest.mark.parametrize("name", ["report.pdf", "manual.pdf"])
def test_every_block_of_real_files_is_boxed(pdf, name):
    made = pdf((DATA / name).read_bytes())
    blocks = [made.document.text[b.start : b.end] for b in made.document.blocks if b.end - b.start < 1000]
    assert len(blocks) > 5
    lit = [block for block in blocks if (boxes := made.boxes(block)) and fold(made.words_in(boxes)).letters]
    assert lit == blocks


def test_each_line_of_a_sentence_has_a_box(pdf):
    made = pdf(drawn(lambda sheet, _: column(sheet, 72, 700, LEFT)))
    boxes = made.assert_lit(" ".join(LEFT))
    assert len(boxes) == 3
    assert [b.y for b in boxes] == sorted(b.y for b in boxes)
    assert boxes[0].x == pytest.approx(72 / A4[0], abs=0.01)
    assert boxes[0].y == pytest.approx(1 - 710 / A4[1], abs=0.02)


def test_a_column_does_not_run_into_its_neighbour(pdf):
    def draw(sheet, _):
        column(sheet, 60, 700, LEFT)
        column(sheet, 320, 700, RIGHT)

    made = pdf(drawn(draw))
    assert all(b.x + b.width < 0.5 for b in made.assert_lit(" ".join(LEFT)))
    assert all(b.x > 0.5 for b in made.assert_lit(" ".join(RIGHT)))


def test_a_word_that_is_parted_at_the_line_end_is_boxed_on_both_lines(pdf):
    lines = ["The committee asked for trans-", "parency in all of its accounts."]
    made = pdf(drawn(lambda sheet, _: column(sheet, 72, 700, lines)))
    quote = made.document.text[made.document.text.index("The committee") :]
    assert len(made.assert_lit(quote)) == 2


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_on_a_turned_page_are_boxed_as_it_is_shown(pdf, turn):
    def draw(sheet, _):
        column(sheet, 72, 500, LEFT)
        sheet.setPageRotation(turn)

    made = pdf(drawn(draw))
    for line in LEFT:
        made.assert_lit(line)


def test_words_on_a_cropped_page_are_boxed_as_it_is_shown(pdf):
    def draw(sheet, _):
        column(sheet, 172, 600, LEFT)
        sheet.setCropBox((150, 400, 450, 650))

    boxes = pdf(drawn(draw)).assert_lit(" ".join(LEFT))
    assert boxes[0].x == pytest.approx(22 / 300, abs=0.01)


def test_of_a_repeated_sentence_the_cited_one_is_boxed(pdf):
    again = "The gate is locked at ten."
    lines = [again, "", "Dogs stay outside.", "", again, "", "Bicycles too.", "", again]
    made = pdf(drawn(lambda sheet, _: column(sheet, 72, 700, lines)))
    heights = [made.assert_lit(again, occurrence)[0].y for occurrence in range(3)]
    assert heights == sorted(set(heights))


def test_a_span_over_two_pages_is_boxed_on_both(pdf):
    def draw(sheet, number):
        column(sheet, 72, 700, LEFT if number == 0 else RIGHT)

    made = pdf(drawn(draw, pages=2))
    boxes = made.assert_lit(made.document.text)
    assert {b.page for b in boxes} == {1, 2}


def test_words_that_are_not_on_the_page_have_no_boxes(pdf):
    made = pdf(drawn(lambda sheet, _: column(sheet, 72, 700, LEFT)))
    other = pdf(drawn(lambda sheet, _: column(sheet, 72, 700, RIGHT)))
    read_other = lambda number: page_text(other.path, number)  # noqa: E731
    assert boxes_of(made.document, 0, len(made.document.text), read_other) == ()


def accounts(sheet, _):
    """Two tables whose rows hold the same labels; the names of the second were drawn last."""
    sheet.setFont("Helvetica", 10)
    for top, years, figures in (
        (700, ("2022", "2021"), (("Ships", "412", "388"), ("Boats", "7", "5"))),
        (560, ("2020", "2019"), (("Ships", "401", "390"), ("Boats", "7", "6"))),
    ):
        for i, (label, *cells) in enumerate(figures, 1):
            sheet.drawString(72, top - 14 * i, label)
            for column, cell in enumerate(cells):
                sheet.drawRightString(330 + 90 * column, top - 14 * i, cell)
        for column, year in enumerate(years):
            sheet.drawRightString(330 + 90 * column, top, year)


def test_a_row_is_boxed_without_the_names_that_were_put_into_it(pdf):
    made = pdf(drawn(accounts))
    boxes = made.boxes("Boats | 2020: 7 | 2019: 6")
    assert fold(made.words_in(boxes)).letters == "boats76"
    assert all(0.33 < box.y < 0.4 for box in boxes)


@pytest.mark.parametrize(
    ("part", "letters"), [("2020: 401 | 2019: 390", "401390"), ("401", "401"), ("Ships | 2020", "ships")]
)
def test_a_part_of_a_row_is_boxed_in_its_row(pdf, part, letters):
    made = pdf(drawn(accounts))
    row = "Ships | 2020: 401 | 2019: 390"
    start = made.document.text.index(row) + row.index(part)
    boxes = boxes_of(made.document, start, start + len(part), lambda number: page_text(made.path, number))
    assert fold(made.words_in(boxes)).letters == letters
    assert all(0.3 < box.y < 0.4 for box in boxes)


def test_all_rows_of_a_table_are_boxed_at_once(pdf):
    made = pdf(drawn(accounts))
    rows = "Ships | 2022: 412 | 2021: 388\nBoats | 2022: 7 | 2021: 5"
    assert fold(made.words_in(made.boxes(rows))).letters == "ships412388boats75"


@pytest.mark.skipif(not ocr.available(), reason="OCR is an extra")
def test_words_of_a_scan_are_boxed_where_they_are(pdf):
    picture = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(picture).text((620, 877), "The harbour is closed", 0, ImageFont.load_default(40))
    made = pdf(drawn(lambda sheet, _: sheet.drawImage(ImageReader(picture), 0, 0, *A4)))
    (box,) = made.boxes("harbour")
    assert 0.5 < box.x < 0.65
    assert 0.48 < box.y < 0.53
    assert box.width < 0.2
