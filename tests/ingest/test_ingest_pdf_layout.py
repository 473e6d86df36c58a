"""PDFs as they are: furniture, columns, parted words, scans."""

import io
import textwrap

import pytest
from ingest_samples import document_of, draw_picture, pdf, pdf_of_lines, pieces, shape
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from ingest import ocr
from ingest.pdf_furniture import Furniture, Page
from ingest.pdf_lines import Cell, Line
from ingest.read import read

LEFT = [f"The left column goes on in its line number {i} and" for i in range(8)]
RIGHT = [f"the right one has something else in line {i} and" for i in range(8)]


def test_columns_whose_lines_alternate_in_the_file_are_read_one_after_the_other():
    def draw(canvas):
        canvas.setFont("Helvetica", 10)
        for i, lines in enumerate(zip(LEFT, RIGHT, strict=True)):
            for x, line in zip((60, 310), lines, strict=True):
                canvas.drawString(x, 700 - 13 * i, line)
        canvas.showPage()

    text = " ".join(document_of(pdf(draw), "a.pdf").text.split())
    assert text == " ".join([*LEFT, *RIGHT])


def test_a_heading_over_both_columns_comes_before_them():
    def draw(canvas):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(60, 740, "A heading that is as wide as both of the columns")
        canvas.setFont("Helvetica", 10)
        for x, lines in ((310, RIGHT), (60, LEFT)):
            for i, line in enumerate(lines):
                canvas.drawString(x, 700 - 13 * i, line)
        canvas.showPage()

    found = pieces(document_of(pdf(draw), "a.pdf"))
    assert found[0] == "A heading that is as wide as both of the columns"
    assert " ".join(found[1:]) == " ".join([*LEFT, *RIGHT])


def pages(count, head, foot):
    def draw(canvas):
        for page in range(1, count + 1):
            canvas.setFont("Helvetica", 10)
            canvas.drawString(72, 800, head(page))
            canvas.drawString(280, 40, foot(page))
            canvas.drawString(72, 500, f"This is the body of page {'abcdefghij'[page - 1]}.")
            canvas.showPage()

    return document_of(pdf(draw), "a.pdf")


@pytest.mark.parametrize(
    ("count", "head", "foot"),
    [
        (2, lambda page: "Annual report", lambda page: f"Page {page} of 2"),
        (6, lambda page: "Annual report" if page % 2 else "Harbour board", lambda page: f"{page} | Halden"),
        (4, lambda page: f"{page}", lambda page: "Draft of May 3"),
    ],
)
def test_what_stands_at_the_same_edge_of_the_pages_is_dropped(count, head, foot):
    assert pieces(pages(count, head, foot)) == [f"This is the body of page {'abcdefghij'[i]}." for i in range(count)]


def test_a_sentence_that_goes_on_overleaf_is_not_torn():
    document = document_of(pdf_of_lines(["The ship was seen by"], ["the keeper of the light."]), "a.pdf")
    assert document.text == "The ship was seen by the keeper of the light."
    assert [b.page for b in document.blocks] == [1, 2]


@pytest.mark.parametrize(("word", "is_one"), [("Nevertheless", True), ("He", False)])
def test_a_paragraph_goes_on_overleaf_where_its_last_line_has_no_room_for_the_next_word(word, is_one):
    lines = ["The ship was seen by the keeper of the light at noon.", "The ship was seen from the other shore. Late."]
    document = document_of(pdf_of_lines(lines, [f"{word} did not ring the bell of the tower."]), "a.pdf")
    assert (f". {word}" in document.text) is is_one


BODY = [f"The keeper of the light wrote of the {n} ship that she" for n in ("first", "second", "third", "fourth")]
FULL = "had seen from the tower of the old light at sundown."
OVERLEAF = ["Nevertheless she rang the bell of the tower at noon,", "and on Sundays, and it", "was heard."]
LOWEST = [[*BODY, f"{way} in the night."] for way in ("went by", "was lost")]  # show how far down the pages go


@pytest.mark.parametrize(
    ("before", "overleaf", "is_one"),
    [(4, 3, True), (3, 3, False), (3, 2, True), (0, 3, False)],
    ids=["no room for a line", "room for a line", "room, but it would leave one line overleaf", "one line alone"],
)
def test_a_paragraph_whose_last_line_is_full_ends_where_the_page_has_room_for_more(before, overleaf, is_one):
    lines = [*BODY[:before], FULL]
    document = document_of(pdf_of_lines(*LOWEST, lines, OVERLEAF[:overleaf]), "a.pdf")
    assert (f"{FULL} Nevertheless" in document.text) is is_one


def test_one_page_with_something_far_below_its_text_does_not_tell_where_pages_end():
    document = document_of(pdf_of_lines(LOWEST[0], [*BODY[:3], FULL], OVERLEAF), "a.pdf")
    assert f"{FULL} Nevertheless" in document.text


@pytest.mark.parametrize(
    ("end", "beginning"),
    [("the Northern U.S.", "government had asked for a"), ("as told (see part 3)", "By now, all had")],
)
def test_a_sentence_that_may_go_on_is_not_torn_for_the_room_below(end, beginning):
    last = f"had seen from the tower of the old light {end}"
    document = document_of(pdf_of_lines(*LOWEST, [*BODY[:3], last], [beginning, *OVERLEAF[1:]]), "a.pdf")
    assert f"{end} {beginning}" in document.text


def test_a_reference_behind_its_sentence_does_not_hide_that_it_ends():
    document = document_of(pdf_of_lines(*LOWEST, [*BODY[:3], f"{FULL}[4]"], OVERLEAF), "a.pdf")
    assert f"{FULL}[4]\n\nNevertheless" in document.text


def test_lines_of_a_script_without_spaces_are_joined_without_one():
    lines = [
        "黑豹队的防守只丢了 308 分，在联赛中排名第六，",
        "同时也以 24 次拦截领先，并且四次入选职业碗。职业碗防守",
        "截锋以 11 分领先，",
        "日本のプロサッカー",
        "チームは勝った、“好",
        "”他说。",
    ]

    def draw(canvas):
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        canvas.setFont("STSong-Light", 11)
        for i, line in enumerate(lines):
            canvas.drawString(72, 700 - i * 14, line)
        canvas.showPage()

    assert document_of(pdf(draw), "a.pdf").text == "".join(lines)


def test_a_dash_at_the_edge_of_a_line_keeps_the_spaces_that_it_had():
    lines = [
        "The line was built by the Harbour Board (1609–",
        "1626) and it was lengthened twice from 24 August",
        "– 3 October, when the money was spent, which –",
        "as all had known – was too little, and the cost -",
        "and the tax - had a change of",
        "–3.5 % in a year.",
    ]
    assert document_of(pdf_of_lines(lines), "a.pdf").text == (
        "The line was built by the Harbour Board (1609–1626) and it was lengthened twice from 24 August – 3 October, "
        "when the money was spent, which – as all had known – was too little, and the cost - and the tax - had a "
        "change of –3.5 % in a year."
    )


def test_items_behind_dashes_stay_a_list():
    lines = ["The package of the year includes", "- staff and their training", "- rent of the two offices", "- food"]
    assert shape(document_of(pdf_of_lines(lines), "a.pdf"))[-1][0] == "list"


def test_a_hyphen_that_belongs_to_its_word_stays():
    lines = [
        "Our long-term debt is cheap. Most of our debt is long-",
        "term. The bank is the Halden-",
        "Bank, says its trea-",
        "surer, and its treasurer knows.",
    ]
    assert document_of(pdf_of_lines(lines), "a.pdf").text == (
        "Our long-term debt is cheap. Most of our debt is long-term. The bank is the Halden-Bank, says its treasurer, "
        "and its treasurer knows."
    )


def test_a_document_that_parts_no_words_keeps_the_hyphens_at_the_ends_of_its_lines():
    lines = [
        "The network has power-",
        "hungry switches and content-",
        "addressable memory, and seven-",
        "layer protocols of a low-",
        "cost design, in a self-",
        "made case.",
    ]
    text = (
        "The network has power-hungry switches and content-addressable memory, and seven-layer protocols of a low-cost "
    )
    assert document_of(pdf_of_lines(lines), "a.pdf").text == f"{text}design, in a self-made case."


def scan(*lines):
    """A page that is a picture of text."""
    picture = Image.new("L", (1240, 1754), 255)
    font = ImageFont.load_default(40)
    for i, line in enumerate(lines):
        ImageDraw.Draw(picture).text((150, 200 + 80 * i), line, 0, font)
    out = io.BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    return ImageReader(out)


@pytest.mark.skipif(not ocr.available(), reason="OCR is an extra")
def test_a_scanned_page_is_read_and_told():
    def draw(canvas):
        canvas.drawString(72, 700, "Words on the first page.")
        canvas.showPage()
        canvas.drawImage(scan("The harbour is closed", "from May to September"), 0, 0, 595, 842)
        canvas.showPage()

    reading = read(pdf(draw), "file:///scan.pdf", "scan.pdf")
    assert [(b.page, reading.document.text[b.start : b.end]) for b in reading.document.blocks][1] == (
        2,
        "The harbour is closed from May to September",
    )
    assert [(f.code, f.pages) for f in reading.findings] == [("pages_by_ocr", (2,))]


def test_pages_that_hold_only_pictures_are_told_with_what_to_do():
    def draw(canvas):
        canvas.drawString(72, 700, "Words on the first page.")
        canvas.showPage()
        draw_picture(canvas)

    (finding,) = read(pdf(draw), "file:///scan.pdf", "scan.pdf").findings
    assert (finding.code, finding.pages) == ("pages_without_text", (2,))
    assert "OCR" in finding.message


def test_a_header_is_told_by_its_neighbours_and_kept_where_it_stands_alone():
    header = Line((Cell("The harbour's rules", 60, 200),), 770, 780, 10, False)
    furniture = Furniture(300)
    for number in [*range(1, 101), 200]:
        furniture.learn(Page(number, 800, [header]))
        if number <= 100:
            assert (furniture.without(Page(number, 800, [header])) == []) is (number >= 3)
    assert furniture.without(Page(200, 800, [header])) == [header]
    [places] = furniture._seen.values()
    assert len(places) == 1  # those far away are not gone through at each page


SENTENCE = (
    "The harbour board met again on the first of May to decide about the rules that apply to every ship that calls at "
    "the quay in winter, and it agreed on most of them before noon, although the pilots had asked for one more month "
    "in which the old rules and the new ones would both have been allowed, as they had been in the year before that."
)


def lines_of(text, width=60):
    return textwrap.wrap(text, width)


def test_widely_set_text_beside_long_tables_in_small_type_is_one_paragraph():
    def draw(canvas):
        canvas.setFont("Helvetica", 11)
        for i, line in enumerate(lines_of(SENTENCE)):
            canvas.drawString(72, 700 - i * 1.8 * 11, line)
        canvas.showPage()
        for page in range(10):
            canvas.setFont("Helvetica", 6)
            for row in range(60):
                for column in range(5):
                    canvas.drawString(72 + 90 * column, 720 - 9 * row, f"{page}{row:02}{column} thousand")
            canvas.showPage()

    document = document_of(pdf(draw), "a.pdf")
    assert shape(document)[0] == ("paragraph", SENTENCE)
    assert [b.page for b in document.blocks].count(1) == 1
    assert "heading" not in {kind for kind, _ in shape(document)}


def test_titles_above_tables_without_any_text_are_headings():
    def draw(canvas):
        for page in range(10):
            canvas.setFont("Helvetica", 14)
            canvas.drawString(72, 640, f"Accounts of the {'abcdefghij'[page]} district of the harbour")
            canvas.setFont("Helvetica", 8)
            for row in range(30):
                for column in range(4):
                    canvas.drawString(72 + 110 * column, 600 - 12 * row, f"{page}{row:02}{column} thousand")
            canvas.showPage()

    found = [kind for kind, text in shape(document_of(pdf(draw), "a.pdf")) if text.startswith("Accounts")]
    assert found == ["heading"] * 10


def test_paragraphs_of_closely_set_text_stay_apart_at_a_gap():
    assert len(pieces(document_of(pdf_of_lines(lines_of(SENTENCE), leading=13), "a.pdf"))) == 1

    def draw(canvas):
        canvas.setFont("Helvetica", 11)
        y = 700
        for _ in range(2):
            for line in lines_of(SENTENCE):
                canvas.drawString(72, y, line)
                y -= 13
            y -= 7
        canvas.showPage()

    assert pieces(document_of(pdf(draw), "a.pdf")) == [SENTENCE, SENTENCE]


@pytest.mark.parametrize("indent", [0, 20])
def test_an_initial_at_the_beginning_of_a_line_opens_no_list(indent):
    lines = ["The report was signed on the second of June by the chair", "A. Johnson, and by both of the pilots."]

    def draw(canvas):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72 + indent, 700, lines[0])
        canvas.drawString(72, 687, lines[1])
        canvas.showPage()

    assert shape(document_of(pdf(draw), "a.pdf")) == [("paragraph", " ".join(lines))]


def test_an_item_below_a_short_line_that_is_set_in_opens_a_list():
    def draw(canvas):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(92, 700, "Agenda")
        canvas.drawString(72, 687, "A. Opening by the chair of the board")
        canvas.drawString(72, 674, "B. Report of the pilots")
        canvas.showPage()

    assert [kind for kind, _ in shape(document_of(pdf(draw), "a.pdf"))] == ["paragraph", "list"]
