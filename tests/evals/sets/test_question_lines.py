import json
from pathlib import Path

import pytest

from core.errors import InvalidRequest
from core.types import Turn
from evals.sets.question_lines import read_question_lines
from evals.sets.types import Evidence, Question

PATH = Path("set.jsonl")


def lines(*rows):
    return "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)


def test_a_full_row():
    row = {
        "id": "q1",
        "question": "And where?",
        "answerable": True,
        "answers": ["Rome", "in Rome"],
        "evidence": [{"document": "a.txt", "quote": "held in Rome"}, {"document": "b.pdf", "page": 2}],
        "history": [{"question": "When was it?", "answer": "In May."}],
        "kind": "follow-up",
        "rewrite": "Where was it held?",
        "tags": ["places", "easy"],
    }
    assert read_question_lines(lines(row, ""), PATH) == (
        Question(
            id="q1",
            text="And where?",
            answerable=True,
            answers=("Rome", "in Rome"),
            evidence=(Evidence("a.txt", quote="held in Rome"), Evidence("b.pdf", page=2)),
            history=(Turn("user", "When was it?"), Turn("assistant", "In May.")),
            kind="follow-up",
            rewrite="Where was it held?",
            tags=("places", "easy"),
        ),
    )


def test_a_question_alone_is_enough_and_answers_make_it_answerable():
    first, second, third = read_question_lines(
        lines({"question": "A?"}, {"question": "B?", "answers": ["b"]}, {"question": "C?", "answerable": False}), PATH
    )
    assert (first.id[:2], first.answerable) == ("q-", None)
    assert second.answerable is True
    assert third.answerable is False


def test_a_row_without_an_id_keeps_its_id_where_the_set_grows():
    rows = [{"question": "A?"}, {"question": "B?"}, {"question": "B?", "history": [{"question": "x", "answer": "y"}]}]
    before = {q.id: (q.text, q.history) for q in read_question_lines(lines(*rows), PATH)}
    after = {q.id: (q.text, q.history) for q in read_question_lines(lines({"question": "New?"}, *reversed(rows)), PATH)}
    assert len(before) == 3
    assert before.items() <= after.items()
    twice = read_question_lines(lines(rows[0], rows[0]), PATH)
    assert len({q.id for q in twice}) == 2


def test_a_question_knows_its_line_which_says_nothing_about_it():
    (first,) = read_question_lines(lines({"id": "a", "question": "A?"}), PATH)
    (second,) = read_question_lines("\n" + lines({"id": "a", "question": "A?"}), PATH)
    assert (first.place, second.place) == ("line 1", "line 2")
    assert first == second
    assert repr(first) == repr(second)


def test_a_line_separator_inside_a_string_is_no_line_end():
    (question,) = read_question_lines(lines({"question": "A\u2028B?"}), PATH)
    assert question.text == "A\u2028B?"


def test_all_faults_are_told_together():
    text = lines(
        {"id": "a", "question": "A?"},
        "{broken",
        {"id": "a", "question": " "},
        {"id": "b", "question": "B?", "answerable": "yes", "answers": "b"},
        {"id": "c", "question": "C?", "evidence": [{"document": "x"}, {"quote": "y", "page": 0}, 7]},
        {"id": "d", "question": "D?", "answerable": False, "answers": ["d"]},
        {"id": "e", "question": "E?", "history": [{"question": "F?"}]},
        "[]",
    )
    with pytest.raises(InvalidRequest) as caught:
        read_question_lines(text, PATH)
    first, *told = caught.value.message.split("\n")
    assert first == "The question set has 12 faults."
    assert told == [
        "set.jsonl, line 2: not JSON (Expecting property name enclosed in double quotes, column 2)",
        'set.jsonl, line 3: the id "a" was used before (line 1)',
        "set.jsonl, line 3: \"question\" is ' '",
        "set.jsonl, line 4: \"answers\" is 'b'",
        "set.jsonl, line 4: \"answerable\" is 'yes'",
        'set.jsonl, line 5: "evidence[2]" is 7',
        "set.jsonl, line 5, evidence[0]: no quote and no page",
        'set.jsonl, line 5, evidence[1]: "document" is missing',
        'set.jsonl, line 5, evidence[1]: "page" is 0',
        "set.jsonl, line 6: not answerable, but it has answers or evidence",
        'set.jsonl, line 7, history[0]: "answer" is missing',
        "set.jsonl, line 8: not a JSON object",
    ]
    assert '"page" is a whole number, 1 or more.' in caught.value.hint


def test_half_a_character_is_a_fault():
    with pytest.raises(InvalidRequest, match='line 1: "question" holds half a character'):
        read_question_lines('{"question": "A \\ud83d?"}', PATH)
    (question,) = read_question_lines('{"question": "A \\ud83d\\ude00?"}', PATH)
    assert question.text == "A 😀?"


def test_a_long_list_of_faults_is_cut():
    with pytest.raises(InvalidRequest) as caught:
        read_question_lines("x\n" * 60, PATH)
    assert caught.value.message.endswith("… and 10 more")
    assert caught.value.hint == "Write one JSON object a line."
