import json

import pytest

from core.errors import InvalidRequest
from core.types import Turn
from evals.sets.load import load_set

TOPICS = [
    {
        "number": 81,
        "title": "cancer",
        "turn": [
            {
                "number": 1,
                "raw_utterance": "What is throat cancer?",
                "manual_rewritten_utterance": "What is throat cancer?",
            },
            {
                "number": 2,
                "raw_utterance": "Is it treatable?",
                "manual_rewritten_utterance": "Is throat cancer treatable?",
            },
        ],
    },
    {"number": 82, "turn": [{"number": 1, "raw_utterance": "Hello?"}]},
]


def load(folder, value):
    (folder / "topics.json").write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
    return load_set(folder, with_documents=False)


def test_each_turn_is_a_question_with_the_turns_before(tmp_path):
    first, second, other = load(tmp_path, TOPICS).questions
    assert (first.id, first.history) == ("81_1", ())
    assert (second.id, second.text, second.answerable) == ("81_2", "Is it treatable?", None)
    assert second.history == (Turn("user", "What is throat cancer?"),)
    assert second.rewrite == "Is throat cancer treatable?"
    assert (other.id, other.history, other.rewrite) == ("82_1", (), None)


def test_the_common_turns_of_a_fork_are_there_once(tmp_path):
    start = {"number": "1-1", "utterance": "Tell me of COP26.", "response": "It was in Glasgow."}
    paths = [[start, {"number": "1-3", "utterance": "Why?"}], [start, {"number": "2-1", "utterance": "When?"}]]
    loaded = load(tmp_path, [{"number": 132, "turn": path} for path in paths])
    assert [question.id for question in loaded.questions] == ["132_1-1", "132_1-3", "132_2-1"]
    assert loaded.questions[2].history == (Turn("user", "Tell me of COP26."),)


def test_faults_are_told_with_their_place(tmp_path):
    turns = [{"number": 1, "raw_utterance": "A?"}, {"number": 1, "raw_utterance": "B?"}, {"raw_utterance": ""}]
    with pytest.raises(InvalidRequest) as caught:
        load(tmp_path, [{"number": 1, "turn": turns}, {"number": 2}])
    assert [line.split("topics.json, ")[1] for line in caught.value.message.split("\n")[1:]] == [
        'row 1, turn[1]: the turn "1_1" was there before (row 1, turn[0]), with other words',
        'row 1, turn[2]: "raw_utterance" is empty',
        'row 1, turn[2]: "number" is missing',
        'row 2: "turn" is missing',
    ]


def test_conversations_as_lines_are_our_own_format(tmp_path):
    (tmp_path / "cast.jsonl").write_text(
        '{"id": "1_1", "history": [], "question": "What is it?", "rewrite": "What is it?"}\n'
        '{"id": "1_2", "history": ["What is it?"], "question": "Why?", "rewrite": "Why is it?"}\n'
    )
    first, second = load_set(tmp_path, with_documents=False).questions
    assert first.history == ()
    assert (second.history, second.rewrite, second.answerable) == ((Turn("user", "What is it?"),), "Why is it?", None)
