import json

import pytest

from core.errors import InvalidRequest
from core.types import Turn
from evals.sets.load import load_set
from evals.sets.types import Evidence

ROME = {"document_id": "822_7384/1", "title": "Rome", "text": "Rome\nIt was held in Rome.", "score": 27.7}
BONN = {"document_id": "822_453", "title": "Bonn", "text": "It was not held there."}
USER = {"speaker": "user", "text": "When was it?"}
AGENT = {"speaker": "agent", "text": "In May."}
ASK = {"speaker": "user", "text": "And where?"}


def task(number, label, **more):
    return {
        "task_id": f"c<::>{number}",
        "input": [USER, AGENT, ASK],
        "contexts": [ROME, BONN],
        "targets": [{"speaker": "agent", "text": "In Rome."}],
        "Answerability": label,
        "Question Type": ["Factoid", "Composite"],
        "Multi-Turn": ["Follow-up"],
        "Standalone Type": float("nan"),
        **more,
    }


def load(folder, *tasks):
    (folder / "reference.jsonl").write_text("\n".join(json.dumps(row) for row in tasks))
    return load_set(folder)


def test_a_task_is_a_question_in_its_conversation(tmp_path):
    loaded = load(tmp_path, task(1, ["ANSWERABLE"]), task(2, "PARTIAL"))
    first, second = loaded.questions
    assert (first.id, first.text) == ("c<::>1", "And where?")
    assert first.history == (Turn("user", "When was it?"), Turn("assistant", "In May."))
    assert (first.answers, first.answerable) == (("In Rome.",), True)
    assert first.evidence == (
        Evidence("822_7384_1.txt", quote="Rome\nIt was held in Rome."),
        Evidence("822_453.txt", quote="It was not held there."),
    )
    assert (first.kind, first.tags) == ("Factoid", ("Follow-up",))
    assert (second.answerable, second.evidence) == (True, first.evidence)
    assert [(d.name, d.text) for d in loaded.documents] == [
        ("822_7384_1.txt", "Rome\nIt was held in Rome.\n"),
        ("822_453.txt", "Bonn\n\nIt was not held there.\n"),
    ]


@pytest.mark.parametrize(
    ("label", "answerable"),
    [(["UNANSWERABLE"], False), ("UNANSWERABLE", False), (["CONVERSATIONAL"], None), (None, None)],
)
@pytest.mark.parametrize("name", ["Answerability", "answerability"])
def test_an_apology_or_small_talk_is_no_answer(tmp_path, label, answerable, name):
    row = task(1, label)
    row[name] = row.pop("Answerability")
    (question,) = load(tmp_path, row).questions
    assert (question.answerable, question.answers, question.evidence) == (answerable, (), ())


def test_of_mixed_passages_those_that_annotators_approved_are_evidence(tmp_path):
    approved = {**BONN, "feedback": {"relevant": {"ann@example.org": {"value": "yes", "timestamp": 1}}}}
    refused = {**ROME, "feedback": {"relevant": {"ann@example.org": {"value": "no"}}}}
    (question,) = load(tmp_path, task(1, ["ANSWERABLE"], contexts=[refused, approved])).questions
    assert [evidence.document for evidence in question.evidence] == ["822_453.txt"]


def test_faults_are_told_together(tmp_path):
    bad = [
        task(1, ["MAYBE"]),
        task(1, ["ANSWERABLE"], input=[USER, AGENT]),
        task(3, None, input=[{"speaker": "bot", "text": "x"}, ASK], contexts=[{"text": "x"}], targets=[{}]),
    ]
    with pytest.raises(InvalidRequest) as caught:
        load(tmp_path, *bad)
    assert [line.split("reference.jsonl, ")[1] for line in caught.value.message.split("\n")[1:]] == [
        'line 1: "Answerability" is "MAYBE"',
        'line 2: the id "c<::>1" was used before (line 1)',
        'line 2: "input" does not end with a turn of the user',
        'line 3, input[0]: "speaker" is "bot"',
        'line 3, contexts[0]: "document_id" is missing',
        'line 3, targets[0]: "text" is missing',
    ]
