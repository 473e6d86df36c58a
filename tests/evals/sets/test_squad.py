import json
from pathlib import Path

import pytest

from core.errors import InvalidRequest
from evals.sets.squad import read_squad
from evals.sets.types import Evidence

PATH = Path("dev.json")


def squad(*articles):
    return json.dumps({"version": "v2.0", "data": list(articles)})


def article(title, *contexts, qas=()):
    paragraphs = [{"context": context, "qas": []} for context in contexts]
    paragraphs[0]["qas"] = list(qas)
    return {"title": title, "paragraphs": paragraphs}


def test_articles_become_documents_and_answers_become_evidence():
    qas = [
        {
            "id": "1",
            "question": "Where?",
            "is_impossible": False,
            "answers": [
                {"text": "Rome", "answer_start": 8},
                {"text": "in Rome", "answer_start": 5},
                {"text": "Rome", "answer_start": 8},
            ],
        },
        {"id": "2", "question": "Why?", "is_impossible": True, "answers": [], "plausible_answers": []},
    ]
    questions, documents = read_squad(squad(article("Old_Rome", "Held in Rome.", "Later.", qas=qas)), PATH)
    assert [(d.name, d.text) for d in documents] == [("Old_Rome.txt", "Held in Rome.\n\nLater.\n")]
    where, why = questions
    assert where.answerable is True
    assert where.answers == ("Rome", "in Rome")
    assert where.evidence == (
        Evidence("Old_Rome.txt", quote="Held in Rome.", answer=(8, 12)),
        Evidence("Old_Rome.txt", quote="Held in Rome.", answer=(5, 12)),
    )
    assert (why.answerable, why.answers, why.evidence) == (False, (), ())


def test_version_1_1_has_no_is_impossible():
    qas = [{"id": "1", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]}]
    (question,), _ = read_squad(squad(article("T", "Ann was.", qas=qas)), PATH)
    assert question.answerable is True


def test_titles_become_file_names_that_are_safe_and_apart():
    articles = [article(title, "x") for title in ("A/B: c?", "a b", "A_B", "../..", "é 北京")]
    _, documents = read_squad(squad(*articles), PATH)
    assert [d.name for d in documents] == ["A_B_c.txt", "a_b.txt", "A_B-2.txt", "article.txt", "é_北京.txt"]


def test_faults_are_told_with_their_place():
    qas = [
        {"id": "1", "question": "Where?", "answers": [{"text": "Rome", "answer_start": 0}]},
        {"id": "1", "answers": []},
    ]
    with pytest.raises(InvalidRequest) as caught:
        read_squad(squad(article("T", "In Rome.", qas=qas), {"title": "U"}), PATH)
    assert caught.value.message.split("\n")[1:] == [
        'dev.json, data[0].paragraphs[0].qas[0].answers[0]: the context does not have "Rome" at 0',
        'dev.json, data[0].paragraphs[0].qas[1]: the id "1" was used before (data[0].paragraphs[0].qas[0])',
        "dev.json, data[0].paragraphs[0].qas[1]: no answers",
        'dev.json, data[0].paragraphs[0].qas[1]: "question" is missing',
        'dev.json, data[1]: "paragraphs" is missing',
    ]


def test_a_cut_file_is_told_with_its_line():
    with pytest.raises(InvalidRequest, match=r"dev\.json, line 2: not JSON"):
        read_squad('{"data":\n[{"title": "T"', PATH)
