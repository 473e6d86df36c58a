import io

import openpyxl
import pytest

from core.errors import InvalidRequest
from evals.sets.load import load_set
from evals.sets.types import ANY_DOCUMENT, Evidence

FULL = """\
ID;Question ;Answer;Answerable;Document;Quote;Page;Kind;Tags;My notes
q1;When was it held?;December 27th|27 December;yes;report.txt;"held on
December 27th";;dates;easy|news;check again
;;;;;;;;;
q2;Who paid for it?;;No;;;;;;
q3;Where?;;;report.txt;;3.0;;;
q4;What is it about?;;;report.txt;;;;;
q5;Why?;peace;;;for peace;;;;
q6;How?;;;;;;;;
"""


def save(folder, text, name="questions.csv", encoding="utf-8-sig"):
    (folder / "report.txt").write_text("It was held on December 27th for peace.")
    (folder / name).write_text(text, encoding=encoding, newline="")
    return folder / name


def faults(folder, text):
    with pytest.raises(InvalidRequest) as caught:
        load_set(save(folder, text))
    return [line.removeprefix(f"{folder}/questions.csv, ") for line in caught.value.message.split("\n")[1:]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("questions.csv", FULL),
        ("questions.csv", FULL.replace("\n", "\r\n")),
        ("q.tsv", FULL.replace(";", "\t")),
        ("q.txt", FULL),
    ],
)
def test_a_table_that_excel_saved(tmp_path, name, text):
    loaded = load_set(save(tmp_path, text, name))
    held, paid, where, about, why, how = loaded.questions
    assert (held.id, held.text, held.answerable) == ("q1", "When was it held?", True)
    assert held.answers == ("December 27th", "27 December")
    assert held.evidence == (Evidence("report.txt", quote="held on\nDecember 27th"),)
    assert (held.kind, held.tags, held.place) == ("dates", ("easy", "news"), "line 2")
    assert (paid.answerable, paid.answers, paid.evidence, paid.place) == (False, (), (), "line 5")
    assert where.evidence == (Evidence("report.txt", page=3),)
    assert about.evidence == (Evidence("report.txt"),)
    assert why.evidence == (Evidence(ANY_DOCUMENT, quote="for peace"),)
    assert (how.answerable, how.evidence) == (None, ())
    assert [document.name for document in loaded.documents] == ["report.txt"]


def test_a_question_alone_is_enough(tmp_path):
    loaded = load_set(save(tmp_path, "question\nWhere, and when?\n"), documents=tmp_path / "report.txt")
    (question,) = loaded.questions
    assert (question.place, question.text, question.answerable) == ("line 2", "Where, and when?", None)


@pytest.mark.parametrize("said", ["yes", "TRUE", "1", "y"])
def test_ways_to_say_yes(tmp_path, said):
    assert load_set(save(tmp_path, f"question,answerable\nA?,{said}\n"), with_documents=False).questions[0].answerable


def test_all_faults_are_told_with_line_and_column(tmp_path):
    text = (
        "id,question,anwser,answerable,document,quote,page\n"
        "a,A?,,perhaps,,,\n"
        "a,,x,,r.txt,,\n"
        "b,B?,,no,r.txt,q,\n"
        "c,C?,,,,,2\n"
        "d,D?,,,r.txt,,two\n"
        "e,E?,,,r.txt,,0\n"
    )
    assert faults(tmp_path, text) == [
        'the header: the column "anwser" is not known; is it "answer"?',
        'line 2: "answerable" is "perhaps"',
        'line 3: the id "a" was used before (line 2)',
        'line 3: "question" is missing',
        "line 4: not answerable, but it has answers or evidence",
        'line 5: "page" without "document"',
        'line 6: "page" is "two"',
        'line 7: "page" is "0"',
    ]


def test_one_column_under_two_names_is_a_fault(tmp_path):
    assert faults(tmp_path, "question,answer,answers\nA?,b,c\n") == [
        'the header: the columns "answer" and "answers" are the same'
    ]


def test_a_table_without_questions_is_told(tmp_path):
    assert faults(tmp_path, "frage,antwort\nWo?,Rom\n") == ['the header: no column "question" among: frage, antwort']
    with pytest.raises(InvalidRequest, match="holds no questions"):
        load_set(save(tmp_path, ""))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_spreadsheets_other_encodings_are_read(tmp_path, encoding):
    rows = "question;answer;document\nWie viele Urlaubstage gibt es für Beschäftigte?;dreißig;report.txt\n"
    loaded = load_set(save(tmp_path, rows, encoding=encoding), with_documents=False)
    (question,) = loaded.questions
    assert (question.text, question.answers) == ("Wie viele Urlaubstage gibt es für Beschäftigte?", ("dreißig",))


def test_columns_may_have_the_names_that_people_give_them(tmp_path):
    table = "Question,Expected answer,Source document,Quotation\nWhen?,2019,report.txt,It was in 2019.\n"
    (question,) = load_set(save(tmp_path, table), with_documents=False).questions
    assert question.answers == ("2019",)
    assert question.evidence == (Evidence("report.txt", "It was in 2019."),)


def workbook(*rows, hidden=()):
    book = openpyxl.Workbook()
    book.active.append(("not", "these"))
    book.active.sheet_state = "hidden" if hidden else "visible"
    if hidden:
        book.create_sheet("Questions")
    sheet = book.worksheets[-1]
    sheet.delete_rows(1, sheet.max_row)
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_excel_file_is_read_from_its_first_visible_sheet(tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"%PDF-")
    rows = [("question", "answer", "answerable", "document", "page"), ("How many?", 27.0, True, "report.pdf", 3), ()]
    (tmp_path / "my set.xlsx").write_bytes(workbook(*rows, hidden=True))
    loaded = load_set(tmp_path)
    (question,) = loaded.questions
    assert (question.answers, question.answerable, question.place) == (("27",), True, "row 2")
    assert question.evidence == (Evidence("report.pdf", page=3),)
    assert loaded.name == "my set"


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04 cut", workbook(("question",))[:-200]]
)
def test_what_is_no_whole_excel_file_says_what_to_do(tmp_path, content):
    (tmp_path / "set.xlsx").write_bytes(content)
    with pytest.raises(InvalidRequest) as caught:
        load_set(tmp_path)
    assert "set.xlsx" in caught.value.message
    assert "CSV UTF-8" in caught.value.hint
