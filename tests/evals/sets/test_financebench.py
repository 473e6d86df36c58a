import json
from pathlib import Path

import pytest

from core.errors import InvalidRequest
from evals.sets.financebench import read_financebench
from evals.sets.types import Evidence

PATH = Path("questions.jsonl")
ROW = {
    "id": "f1",
    "question": "What was the margin?",
    "answer": "34.6%",
    "question_type": "domain-relevant",
    "document": "ADOBE.pdf",
    "evidence": [{"document": "ADOBE.pdf", "page": 0, "text": "Operating income"}],
}


def test_pages_become_ours_counted_from_1():
    (question,) = read_financebench(json.dumps(ROW), PATH)
    assert question.evidence == (Evidence("ADOBE.pdf", page=1),)
    assert (question.answerable, question.answers, question.kind) == (True, ("34.6%",), "domain-relevant")


def test_faults_are_told_together():
    bad = {**ROW, "answer": None, "evidence": [{"document": "", "page": -1, "text": "x"}, {"document": "A"}]}
    with pytest.raises(InvalidRequest) as caught:
        read_financebench(json.dumps(bad), PATH)
    assert caught.value.message.split("\n")[1:] == [
        'questions.jsonl, line 1: "answer" is missing',
        'questions.jsonl, line 1, evidence[0]: "document" is empty',
        'questions.jsonl, line 1, evidence[0]: "page" is -1',
        'questions.jsonl, line 1, evidence[1]: "page" is missing',
    ]
