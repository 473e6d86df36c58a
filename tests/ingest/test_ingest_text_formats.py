"""CSV, JSON, e-mail, RTF, reStructuredText and source code: what comes out, and what is refused how."""

from email.message import EmailMessage

import pytest

from core.errors import ReadError
from ingest.read import read
from ingest.tables import table_lines


def text_of(data: str | bytes, name: str) -> str:
    content = data.encode() if isinstance(data, str) else data
    return read(content, f"upload:{name}", name).document.text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", 'city,people,mayor\nRome,2800000,"Gualtieri, R."\nBonn,330000,Dörner\n'),
        ("a.csv", 'city;people;mayor\r\nRome;2800000;"Gualtieri, R."\r\nBonn;330000;Dörner\r\n'),
        ("a.tsv", "city\tpeople\tmayor\nRome\t2800000\tGualtieri, R.\nBonn\t330000\tDörner\n"),
    ],
)
def test_a_row_names_its_values(name, data):
    assert text_of(data, name) == (
        "city | people | mayor\n"
        "city: Rome | people: 2800000 | mayor: Gualtieri, R.\n"
        "city: Bonn | people: 330000 | mayor: Dörner"
    )


def test_a_table_of_figures_without_headings_stays_bare():
    assert text_of("1,2\n3,4\n", "a.csv") == "1 | 2\n3 | 4"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["", "2022", "2021"], ["Revenue", "5", "4"]], ["2022 | 2021", "Revenue | 2022: 5 | 2021: 4"]),
        ([["a", "b"], ["", ""], ["c", "5"], ["d", ""]], ["a | b", "a: c | b: 5", "a: d"]),
        ([["Name", "Ann"], ["City", "Rome"]], ["Name | Ann", "City | Rome"]),
        ([["only"], ["one"]], ["only", "one"]),
        ([["a", "a"], ["b", "c"]], ["a | a", "b | c"]),
        ([], []),
    ],
)
def test_lines_of_tables(rows, expected):
    assert table_lines(rows) == expected


def test_json_records_are_paragraphs_under_their_titles():
    data = '[{"title": "Pump", "price": {"euro": 12.5}, "tags": ["new", "red"], "old": null}, '
    data += '{"title": "Hose", "ok": true}]'
    assert (
        text_of(data, "a.json")
        == "Pump\n\ntitle: Pump\nprice.euro: 12.5\ntags: new, red\n\nHose\n\ntitle: Hose\nok: true"
    )


def test_json_lines_are_read_line_by_line():
    assert text_of('{"q": "Who?"}\n\n{"q": "Where?"}\n', "a.jsonl") == "q: Who?\n\nq: Where?"


@pytest.mark.parametrize(
    ("name", "data", "where"), [("a.jsonl", '{"q": 1}\n{"q"', "line 2"), ("a.json", "[1, 2", "a.json")]
)
def test_json_that_is_none_is_told_with_its_place(name, data, where):
    with pytest.raises(ReadError, match=where):
        text_of(data, name)


def mail(subject: str, html: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Subject"] = subject
    message["Date"] = "Mon, 05 Jan 2026 10:00:00 +0100"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("The key is under the mat.\n\nWater the plants.\n")
    if html:
        message.add_alternative("<p>The key is under the mat.</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    return message


@pytest.mark.parametrize("name", ["note.eml", "note"])
def test_a_mail_is_told_by_its_headers(name):
    reading = read(mail("Kéys", html=True).as_bytes(), f"upload:{name}", name)
    assert reading.document.title == "Kéys"
    assert reading.document.text == (
        "Kéys\n\nFrom: Ann <ann@example.org>\nTo: bob@example.org\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n\n"
        "The key is under the mat.\n\nWater the plants."
    )
    assert "plan.pdf" in reading.notes[0]


def test_a_mailbox_holds_all_its_messages():
    pieces = [b"From ann@example.org Mon Jan  5 10:00:00 2026\n" + mail(s).as_bytes() for s in ("One", "Two")]
    text = text_of(b"\n".join(pieces), "all.mbox")
    assert text.index("One") < text.index("Two")
    assert text.count("The key is under the mat.") == 2


def test_an_essay_on_mail_is_plain_text():
    essay = "From: the first line of a letter, one sees who wrote it.\n\nThat is all."
    assert read(essay.encode(), "upload:e.txt", "e.txt").document.media_type == "text/plain"


def test_rich_text_gives_its_paragraphs():
    rtf = rb"{\rtf1\ansi\deff0 {\b Rules}\par The caf\'e9 opens at nine.\par }"
    assert text_of(rtf, "a.rtf") == "Rules\n\nThe café opens at nine."


def test_restructured_text_keeps_headings_and_includes_nothing():
    source = "Guide\n=====\n\nUse *care*.\n\n- one\n- two\n\n.. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>x</b>\n"
    document = read(source.encode(), "upload:a.rst", "a.rst").document
    assert document.title == "Guide"
    assert "Use care." in document.text
    assert "- one\n- two" in document.text
    assert "root:" not in document.text


def test_source_code_stays_as_it_is():
    source = "import os\n\n\ndef a():\n    return 1\n\n    # end\n\n\ndef b():\n    return 2\n"
    document = read(source.encode(), "upload:a.py", "a.py").document
    assert document.text == source.rstrip()
    assert [document.text[b.start : b.end].split("\n")[0] for b in document.blocks] == [
        "import os",
        "def a():",
        "def b():",
    ]
