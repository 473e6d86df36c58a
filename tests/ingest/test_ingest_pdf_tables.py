"""Tables in PDFs: each row says what its figures are."""

import pytest
from ingest_samples import document_of, pdf

from ingest.read import read

LABEL, FIRST, STEP = 72, 330, 90


def table(*rows, labels=LABEL, size=10, step=STEP):
    """Rows of (label, cells) from the top; figures end, and names are centred, where their column does.

    A name may be (text, first column, last column): it stands over the middle of these.
    """

    def draw(canvas):
        canvas.setFont("Helvetica", size)
        canvas.drawString(
            72, 740, "The following table shows the accounts of the harbour in a sentence of the usual size."
        )
        for i, (label, cells) in enumerate(rows):
            y = 700 - i * 1.4 * size
            canvas.drawString(labels, y, label)
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    text, a, b = cell
                    canvas.drawCentredString(FIRST + (a + b) / 2 * step - 15, y, text)
                elif cell:
                    canvas.drawRightString(FIRST + column * step, y, cell)
        canvas.showPage()

    return pdf(draw)


def rows_of(data):
    document = document_of(data, "a.pdf")
    found = [document.text[b.start : b.end] for b in document.blocks if b.kind == "table"]
    assert len(found) == 1
    return found[0].split("\n")


def test_years_name_the_figures_below_them():
    data = table(
        ("(in millions)", ["2022", "2021"]), ("Total revenue", ["$ 12,345", "$ 11,234"]), ("Costs", ["(87)", "—"])
    )
    assert rows_of(data) == [
        "(in millions) | 2022 | 2021",
        "Total revenue | 2022: $ 12,345 | 2021: $ 11,234",
        "Costs | 2022: (87) | 2021: —",
    ]


def test_what_stands_over_all_columns_tells_none_from_another():
    over_all = ("Year ended December 31,", 0, 2)
    data = table(
        ("", [over_all]), ("", ["2022", "2021", "2020"]), ("Revenue", ["3", "2", "1"]), ("Profit", ["6", "5", "4"])
    )
    assert rows_of(data)[2:] == ["Revenue | 2022: 3 | 2021: 2 | 2020: 1", "Profit | 2022: 6 | 2021: 5 | 2020: 4"]


def test_what_stands_over_some_columns_is_said_once_for_them():
    spans = [("Three months", 0, 1), ("Six months", 2, 3)]
    figures = ("Revenue", ["31", "29", "65", "61"])
    data = table(("", spans), ("", ["2022", "2021", "2022", "2021"]), figures, ("Costs", ["2", "3", "5", "8"]), step=60)
    assert rows_of(data)[2] == "Revenue | Three months 2022: 31 | 2021: 29 | Six months 2022: 65 | 2021: 61"


def test_a_name_over_two_lines_is_one_and_footnote_marks_go():
    data = table(
        ("", ["Shares", "Average"]),
        ("", ["purchased (1)", "price"]),
        ("May", ["1,200", "7.50"]),
        ("June", ["900", "8.10"]),
        step=110,
    )
    assert rows_of(data)[2:] == [
        "May | Shares purchased: 1,200 | Average price: 7.50",
        "June | Shares purchased: 900 | Average price: 8.10",
    ]


def test_a_label_between_the_rows_and_one_over_two_lines_are_kept():
    data = table(
        ("", ["2022", "2021"]),
        ("Current assets:", []),
        ("Cash", ["10", "20"]),
        ("Selling, general and", []),
        ("administrative expenses", ["30", "40"]),
    )
    assert rows_of(data)[1:] == [
        "Current assets:",
        "Cash | 2022: 10 | 2021: 20",
        "Selling, general and administrative expenses | 2022: 30 | 2021: 40",
    ]


def test_new_names_further_down_are_used_from_there_on():
    data = table(
        ("", ["2022", "2021"]),
        ("Ships", ["10", "20"]),
        ("Boats", ["1", "2"]),
        ("", ["2020", "2019"]),
        ("Ships", ["30", "40"]),
    )
    assert rows_of(data)[-1] == "Ships | 2020: 30 | 2019: 40"


def test_figures_without_names_stay_as_they_are_and_are_told():
    rows = [(name, ["10", "20"]) for name in ("Ships", "Boats", "Rafts", "Buoys")]
    reading = read(table(*rows), "file:///a.pdf", "a.pdf")
    assert "Ships | 10 | 20\nBoats | 10 | 20" in reading.document.text
    assert [(finding.code, finding.pages) for finding in reading.findings] == [("tables_flattened", (1,))]


@pytest.mark.parametrize("size", [7, 10, 14])
def test_the_type_size_does_not_matter(size):
    data = table(("", ["2022", "2021"]), ("Ships", ["10", "20"]), ("Boats", ["1", "2"]), size=size)
    assert rows_of(data)[1:] == ["Ships | 2022: 10 | 2021: 20", "Boats | 2022: 1 | 2021: 2"]
