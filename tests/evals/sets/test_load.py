import json

import pytest

from core.errors import InvalidRequest, NotFound
from evals.sets.load import load_set

QUESTION = {"id": "1", "question": "Where?", "answers": ["Rome"], "evidence": [{"document": "a.txt", "quote": "Rome"}]}
QAS = [{"id": "1", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 3}]}]
SQUAD = {"data": [{"title": "T", "paragraphs": [{"context": "In Rome.", "qas": QAS}]}]}


@pytest.fixture
def folder(tmp_path):
    """A set of one question, its document in a folder below, and a file that no evidence names."""
    place = tmp_path / "trips"
    (place / "texts").mkdir(parents=True)
    (place / "questions.jsonl").write_text(json.dumps(QUESTION))
    (place / "texts" / "a.txt").write_text("In Rome.")
    (place / "texts" / "other.txt").write_text("In Bonn.")
    (place / "texts" / ".hidden").write_text("")
    return place


@pytest.mark.parametrize("inside", ["", "questions.jsonl"])
def test_a_folder_and_its_file_are_the_same_set(folder, inside):
    loaded = load_set(folder / inside)
    assert loaded.name == "trips"
    assert [d.path for d in loaded.documents] == [folder / "texts" / "a.txt"]


def test_documents_given_by_hand_are_read_whole(folder):
    loaded = load_set(folder, documents=folder)
    assert [d.name for d in loaded.documents] == ["a.txt", "other.txt"]
    assert [d.name for d in load_set(folder, documents=folder / "texts" / "a.txt").documents] == ["a.txt"]


def test_the_nearest_of_several_files_with_one_name_is_taken(folder):
    (folder / "a.txt").write_text("In Rome, later.")
    assert [d.path for d in load_set(folder).documents] == [folder / "a.txt"]


def test_an_existing_collection_needs_no_documents(folder):
    (folder / "texts" / "a.txt").unlink()
    assert load_set(folder, with_documents=False).documents == ()


def test_missing_documents_are_listed(folder):
    more = {**QUESTION, "id": "2", "evidence": [{"document": "b.txt", "quote": "x"}, {"document": "c.pdf", "page": 1}]}
    (folder / "questions.jsonl").write_text(json.dumps(QUESTION) + "\n" + json.dumps(more))
    with pytest.raises(NotFound, match=r"2 documents not found .*: b\.txt, c\.pdf\."):
        load_set(folder)
    with pytest.raises(NotFound, match=r"2 documents not found .*: b\.txt, c\.pdf\."):
        load_set(folder, documents=folder)


def test_questions_without_evidence_need_documents(folder):
    (folder / "questions.jsonl").write_text('{"question": "Why?", "answerable": false}')
    with pytest.raises(InvalidRequest, match="--documents"):
        load_set(folder)
    assert len(load_set(folder, documents=folder).documents) == 2


@pytest.mark.parametrize(("name", "indent"), [("dev.json", None), ("dev.json", 1), ("dev.jsonl", None)])
def test_squad_is_told_by_content(tmp_path, name, indent):
    (tmp_path / name).write_text(json.dumps(SQUAD, indent=indent))
    loaded = load_set(tmp_path)
    assert loaded.name == "dev"
    assert [d.name for d in loaded.documents] == ["T.txt"]
    assert [q.id for q in loaded.questions] == ["1"]


def test_financebench_is_told_by_content(tmp_path):
    row = {"id": "1", "question": "W?", "answer": "x", "evidence": [{"document": "A.pdf", "page": 4, "text": "t"}]}
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "A.pdf").write_bytes(b"%PDF-")
    (tmp_path / "questions.jsonl").write_text(json.dumps(row))
    loaded = load_set(tmp_path)
    assert loaded.questions[0].evidence[0].page == 5
    assert loaded.documents[0].name == "A.pdf"


def test_a_json_list_of_our_rows_is_our_format_too(tmp_path):
    (tmp_path / "set.json").write_text(json.dumps([{"question": "Why?"}, {"id": "b", "question": "Where?"}], indent=1))
    questions = load_set(tmp_path, with_documents=False).questions
    assert [(question.text, question.place) for question in questions] == [("Why?", "row 1"), ("Where?", "row 2")]
    assert questions[1].id == "b"


def test_tables_beside_a_json_set_are_not_taken_for_sets(folder):
    (folder / "questions.jsonl").rename(folder / "set.jsonl")
    (folder / "figures.csv").write_text("year,sales\n")
    assert load_set(folder).name == "set"
    (folder / "questions.csv").write_text("question,quote,document\nWhere?,Rome,a.txt\n")
    assert load_set(folder).name == "trips"


def test_quotes_without_a_document_need_documents(folder):
    (folder / "questions.jsonl").unlink()
    (folder / "questions.csv").write_text("question,quote\nWhere?,Rome\n")
    with pytest.raises(InvalidRequest, match="--documents"):
        load_set(folder)
    assert [d.name for d in load_set(folder, documents=folder).documents] == ["a.txt", "other.txt"]


def test_a_byte_order_mark_is_no_fault(folder):
    (folder / "questions.jsonl").write_text(json.dumps(QUESTION), encoding="utf-8-sig")
    assert load_set(folder).questions[0].id == "1"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has none"),
        ({"a.json": "{}", "b.jsonl": "{}"}, "has several: a.json, b.jsonl"),
        ({"a.jsonl": ""}, "holds no questions"),
        ({"a.jsonl": '{"q": 1}'}, 'no "question"'),
        ({"a.json": '[{"q": 1}]'}, 'row 1: no "question"'),
        ({"a.csv": "", "b.xlsx": ""}, "has several: a.csv, b.xlsx"),
        ({"a.json": '{"data": [{'}, "not JSON"),
        ({"a.jsonl": "oops"}, "line 1: not JSON"),
        ({"a.json": '{"data": []}'}, "holds no questions"),
        ({"a.jsonl": b"\xff\xfe"}, "not UTF-8"),
    ],
)
def test_what_is_no_set_is_refused(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidRequest, match=message):
        load_set(tmp_path)


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(NotFound, match="does not exist"):
        load_set(tmp_path / "nowhere")
