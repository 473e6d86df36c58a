import csv
import json

import pytest

from core.errors import InvalidRequest
from evals.sets.load import load_set
from evals.sets.types import ANY_DOCUMENT, Evidence

FIRST, SECOND = "It's held in Rome,\nthey say.", 'A "second" context.'
NEW = [
    {
        "user_input": "Where?",
        "reference_contexts": [FIRST, SECOND],
        "reference": "In Rome.",
        "synthesizer_name": "single_hop",
    },
    {"user_input": "Why?", "reference_contexts": [SECOND], "reference": "For peace.", "synthesizer_name": "multi_hop"},
]
OLD = [
    {"question": "Where?", "contexts": [FIRST, SECOND], "ground_truth": "In Rome.", "evolution_type": "simple"},
    {"question": "Why?", "contexts": [SECOND], "ground_truth": "For peace.", "evolution_type": "reasoning"},
]
OLDEST = [
    {("ground_truths" if k == "ground_truth" else k): [v] if k == "ground_truth" else v for k, v in r.items()}
    for r in OLD
]


def as_csv(rows, pack):
    def write(path):
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows([{k: pack(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows])

    return write


FILES = {
    "new.jsonl": lambda path: path.write_text("\n".join(json.dumps(row) for row in NEW)),
    "new.json": lambda path: path.write_text(json.dumps(NEW, indent=1)),
    "new.csv": as_csv(NEW, str),
    "packed.csv": as_csv(NEW, json.dumps),
    "old.jsonl": lambda path: path.write_text("\n".join(json.dumps(row) for row in OLD)),
    "old.csv": as_csv(OLD, str),
    "oldest.json": lambda path: path.write_text(json.dumps(OLDEST)),
    "oldest.csv": as_csv(OLDEST, str),
}


@pytest.mark.parametrize("name", FILES)
def test_every_way_it_is_written_is_the_same_set(tmp_path, name):
    FILES[name](tmp_path / name)
    loaded = load_set(tmp_path)
    where, why = loaded.questions
    assert (where.text, where.answerable, where.answers) == ("Where?", True, ("In Rome.",))
    assert where.evidence == (Evidence("context-1.txt", quote=FIRST), Evidence("context-2.txt", quote=SECOND))
    assert why.evidence == (Evidence("context-2.txt", quote=SECOND),)
    assert where.kind == ("single_hop" if "user_input" in (tmp_path / name).read_text() else "simple")
    assert [(d.name, d.text) for d in loaded.documents] == [
        ("context-1.txt", FIRST + "\n"),
        ("context-2.txt", SECOND + "\n"),
    ]


def test_with_other_documents_a_context_may_be_anywhere(tmp_path):
    FILES["new.jsonl"](tmp_path / "set.jsonl")
    (tmp_path / "book.txt").write_text(f"{FIRST} {SECOND}")
    loaded = load_set(tmp_path / "set.jsonl", documents=tmp_path / "book.txt")
    assert [d.name for d in loaded.documents] == ["book.txt"]
    assert {e.document for q in loaded.questions for e in q.evidence} == {ANY_DOCUMENT}
    assert load_set(tmp_path / "set.jsonl", with_documents=False).questions == loaded.questions


def test_contexts_that_a_system_found_are_no_evidence(tmp_path):
    row = {**OLD[0], "answer": "Rome, I think."}
    (tmp_path / "run.jsonl").write_text(json.dumps(row))
    (question,) = load_set(tmp_path, with_documents=False).questions
    assert (question.answers, question.evidence) == (("In Rome.",), ())


def test_faults_are_told_with_their_row(tmp_path):
    rows = [{"user_input": "Where?", "reference_contexts": "[1, 2]"}, {"user_input": [{"content": "x"}]}, 7]
    (tmp_path / "set.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidRequest) as caught:
        load_set(tmp_path, with_documents=False)
    assert [line.split("set.json, ")[1] for line in caught.value.message.split("\n")[1:]] == [
        'row 1: "reference_contexts" is [1, 2]',
        "row 2: \"user_input\" is [{'content': 'x'}]",
        "row 3: not a JSON object",
    ]
