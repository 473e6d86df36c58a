"""Office files: what a reader of them sees comes out, in order and in its place."""

import io
import zipfile
from datetime import datetime

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx.util import Inches

from core.errors import EncryptedDocument, ReadError, TooLarge, UnsupportedMedia
from core.types import BlockKind
from ingest.read import read


def saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def blocks(document) -> list[tuple[str, str]]:
    return [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks]


@pytest.fixture
def word_file() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Travel rules"
    document.add_heading("Travel rules", 0)
    document.add_heading("Trains", 1)
    paragraph = document.add_paragraph("Employees may travel ")
    paragraph.add_run("first class").bold = True
    paragraph.add_run(" on night trains.")
    document.add_paragraph("Keep the ticket", style="List Bullet")
    document.add_paragraph("Send the form", style="List Bullet")
    table = document.add_table(rows=3, cols=3)
    for row, values in zip(
        table.rows, [("Country", "Hotel", "Meals"), ("France", "140", "35"), ("Poland", "95", "28")], strict=True
    ):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_paragraph("Nothing else is paid.")
    return saved(document)


def test_a_word_file_keeps_headings_lists_and_tables(word_file):
    document = read(word_file, "upload:rules.docx", "rules.docx").document
    assert document.title == "Travel rules"
    assert blocks(document) == [
        ("heading", "Travel rules"),
        ("heading", "Trains"),
        ("paragraph", "Employees may travel first class on night trains."),
        ("list", "- Keep the ticket\n- Send the form"),
        (
            "table",
            "Country | Hotel | Meals\nCountry: France | Hotel: 140 | Meals: 35\n"
            "Country: Poland | Hotel: 95 | Meals: 28",
        ),
        ("paragraph", "Nothing else is paid."),
    ]
    assert [b.level for b in document.blocks if b.kind is BlockKind.HEADING] == [1, 1]


def test_tracked_changes_and_content_controls_read_as_they_are_seen():
    document = docx.Document()
    paragraph = document.add_paragraph("The fee is ")
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>40</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>50 euros.</w:t></w:r></w:ins>"))
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Signed: Ann</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(control))
    text = read(saved(document), "upload:fee.docx", "fee.docx").document.text
    assert "The fee is 50 euros." in text
    assert "Signed: Ann" in text


def test_a_presentation_has_a_page_a_slide():
    presentation = pptx.Presentation()
    for title, lines in (("Plans", ["Hire two people", "Open a shop"]), ("Costs", ["Rent is 900 a month"])):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for i, value in enumerate(("Item", "Euro", "Chairs", "300")):
        table.cell(i // 2, i % 2).text = value
    slide.notes_slide.notes_text_frame.text = "Mention the deposit."
    document = read(saved(presentation), "upload:plan.pptx", "plan.pptx").document
    assert blocks(document) == [
        ("heading", "Plans"),
        ("list", "- Hire two people\n- Open a shop"),
        ("heading", "Costs"),
        ("paragraph", "Rent is 900 a month"),
        ("table", "Item | Euro\nItem: Chairs | Euro: 300"),
        ("paragraph", "Notes: Mention the deposit."),
    ]
    assert [b.page for b in document.blocks] == [1, 1, 2, 2, 2, 2]


def test_a_workbook_names_each_value_by_its_column_and_leaves_hidden_sheets_out():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Staff"
    sheet.append([])
    sheet.append([None, "Name", "Since", "Hours", "Active"])
    sheet.append([None, "Ann", datetime(2021, 5, 3), 37.5, True])
    sheet.append([None, "Bob", None, 40, False])
    hidden = book.create_sheet("Salaries")
    hidden.append(["Ann", 1])
    hidden.sheet_state = "hidden"
    reading = read(saved(book), "upload:staff.xlsx", "staff.xlsx")
    assert blocks(reading.document) == [
        ("heading", "Staff"),
        (
            "table",
            "Name | Since | Hours | Active\n"
            "Name: Ann | Since: 2021-05-03 | Hours: 37.5 | Active: TRUE\n"
            "Name: Bob | Hours: 40 | Active: FALSE",
        ),
    ]
    assert "Salaries" in reading.notes[0]


def odt(body: str) -> bytes:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
        )
    return target.getvalue()


def test_an_opendocument_text_keeps_its_structure():
    body = (
        '<text:h text:outline-level="2">Opening hours</text:h><text:p>We open<text:s text:c="2"/>at '
        "<text:span>nine</text:span>.<text:line-break/>Ring twice.</text:p>"
        "<text:list><text:list-item><text:p>Monday</text:p></text:list-item>"
        "<text:list-item><text:p>Friday</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Day</text:p></table:table-cell><table:table-cell>"
        "<text:p>Until</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Monday"
        "</text:p></table:table-cell><table:table-cell><text:p>17</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = read(odt(body), "upload:hours.odt", "hours.odt").document
    assert blocks(document) == [
        ("heading", "Opening hours"),
        ("paragraph", "We open at nine.\nRing twice."),
        ("list", "- Monday\n- Friday"),
        ("table", "Day | Until\nDay: Monday | Until: 17"),
    ]


def epub(chapters: dict[str, str], order: list[str]) -> bytes:
    items = "".join(f'<item id="{name}" href="{name}.xhtml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in order)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/epub+zip")
        package.writestr("META-INF/container.xml", '<container><rootfile full-path="OEBPS/book.opf"/></container>')
        package.writestr(
            "OEBPS/book.opf",
            f"<package><metadata><dc:title>The Sea</dc:title></metadata><manifest>{items}</manifest>"
            f"<spine>{spine}</spine></package>",
        )
        for name, text in chapters.items():
            package.writestr(f"OEBPS/{name}.xhtml", f"<html><body>{text}</body></html>")
    return target.getvalue()


def test_a_book_is_read_in_the_order_of_its_spine():
    book = epub({"b": "<h1>Two</h1><p>It rained.</p>", "a": "<h1>One</h1><p>We sailed.</p>"}, ["a", "b"])
    document = read(book, "upload:sea.epub", "sea.epub").document
    assert document.title == "The Sea"
    assert document.text == "One\n\nWe sailed.\n\nTwo\n\nIt rained."


def test_a_damaged_office_file_is_told(word_file):
    with pytest.raises(ReadError) as caught:
        read(word_file[: len(word_file) // 2], "upload:rules.docx", "rules.docx")
    assert "rules.docx" in caught.value.message


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    package = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
    with package, package.open("word/document.xml", "w") as part:
        for _ in range(600):
            part.write(b"\0" * 1024**2)
    with pytest.raises(TooLarge, match="unpacks to"):
        read(target.getvalue(), "upload:bomb.docx", "bomb.docx")


def test_entities_are_not_expanded():
    bomb = odt("<text:p>&b;</text:p>")
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bomb)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "content.xml":
                content = b'<!DOCTYPE d [<!ENTITY a "haha"><!ENTITY b SYSTEM "file:///etc/passwd">]>' + content
            new.writestr(name, content)
    with pytest.raises(ReadError):
        read(target.getvalue(), "upload:bomb.odt", "bomb.odt")


def test_other_archives_and_protected_files_are_refused_by_what_they_are():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("a.txt", "text")
    with pytest.raises(UnsupportedMedia, match="ZIP archive"):
        read(target.getvalue(), "upload:a.zip", "a.zip")
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    with pytest.raises(UnsupportedMedia, match="old Office file"):
        read(container, "upload:a.doc", "a.doc")
    with pytest.raises(EncryptedDocument, match="password"):
        read(container + "EncryptedPackage".encode("utf-16-le"), "upload:a.docx", "a.docx")
