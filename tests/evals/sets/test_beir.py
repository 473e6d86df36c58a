import json

import pytest

from core.errors import InvalidRequest
from evals.sets.load import load_set
from evals.sets.types import Evidence

CORPUS = [
    {"_id": "MED/1", "title": "Cholesterol", "text": "Statins\u2028lower it.", "metadata": {}},
    {"_id": "med_1", "title": "", "text": "Fish oil."},
    {"_id": "empty", "title": "", "text": ""},
]
QUERIES = [{"_id": "q1", "text": "What lowers it?"}, {"_id": "q2", "text": "Unjudged?"}, {"_id": "q3", "text": "Zero?"}]
HEADER = "query-id\tcorpus-id\tscore\n"
TEST = HEADER + "q1\tmed_1\t1\nq1\tMED/1\t2\nq3\tmed_1\t0\nq1\tempty\t-1\n"


def save(folder, corpus=CORPUS, queries=QUERIES, **qrels):
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "qrels").mkdir(exist_ok=True)
    for name, text in qrels.items():
        (folder / "qrels" / f"{name}.tsv").write_text(text)
    return folder


def faults(folder):
    with pytest.raises(InvalidRequest) as caught:
        load_set(folder)
    return [line.removeprefix(f"{folder}/") for line in caught.value.message.split("\n")[1:]]


def test_judged_queries_have_whole_documents_with_grades_as_evidence(tmp_path):
    folder = tmp_path / "nfcorpus"
    folder.mkdir()
    loaded = load_set(save(folder, test=TEST))
    (question,) = loaded.questions
    assert (question.id, question.text, question.answerable) == ("q1", "What lowers it?", True)
    assert question.answers == ()
    assert question.evidence == (Evidence("med_1-2.txt", grade=1), Evidence("MED_1.txt", grade=2))
    assert [(d.name, d.text) for d in loaded.documents] == [
        ("MED_1.txt", "Cholesterol\n\nStatins\u2028lower it.\n"),
        ("med_1-2.txt", "Fish oil.\n"),
    ]
    assert loaded.name == "nfcorpus"


@pytest.mark.parametrize(
    ("there", "asked"), [(("test", "dev", "train"), "q1"), (("dev", "train"), "q2"), (("train",), "q3")]
)
def test_test_judgements_come_before_dev_and_train(tmp_path, there, asked):
    judged = {"test": "q1", "dev": "q2", "train": "q3"}
    save(tmp_path, **{name: f"{HEADER}{judged[name]}\tmed_1\t1\n" for name in there})
    assert [question.id for question in load_set(tmp_path).questions] == [asked]


def test_a_judged_document_that_the_corpus_lacks_stays_a_miss(tmp_path):
    loaded = load_set(save(tmp_path, test=f"{HEADER}q1\tgone\t1\nq1\tmed_1\t1\n"))
    assert [evidence.document for evidence in loaded.questions[0].evidence] == ["gone", "med_1-2.txt"]
    assert "gone" not in [document.name for document in loaded.documents]


def test_faults_of_a_file_are_told_together(tmp_path):
    save(tmp_path, test="q1\tmed_1\t1\nq1\tmed_1\nq1\tmed_1\thigh\n")
    assert faults(tmp_path) == [
        "qrels/test.tsv, line 1: not the header",
        "qrels/test.tsv, line 2: not a judgement",
        "qrels/test.tsv, line 3: not a judgement",
    ]
    save(tmp_path, test=TEST, corpus=[*CORPUS, {"_id": "med_1", "text": 7}, "{", {"text": "x"}])
    assert faults(tmp_path) == [
        'corpus.jsonl, line 4: the id "med_1" was used before (line 2)',
        'corpus.jsonl, line 4: "text" is 7',
        "corpus.jsonl, line 5: not JSON (Expecting property name enclosed in double quotes, column 1)",
        'corpus.jsonl, line 6: "_id" is missing',
    ]
    save(tmp_path, queries=QUERIES[1:], test=TEST)
    assert faults(tmp_path) == ['queries.jsonl, the file: the judged query "q1" is missing']


def test_without_judgements_it_says_where_they_belong(tmp_path):
    with pytest.raises(InvalidRequest) as caught:
        load_set(save(tmp_path))
    assert "no judgements" in caught.value.message
    assert "qrels/test.tsv" in caught.value.hint
