"""Questions that ask for several things are asked part by part; all others are left alone."""

import pytest

from service.answer.parts import parts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who founded Apple and when was it founded?", ["Who founded Apple?", "when was Apple founded?"]),
        ("Where and when was Chopin born?", ["Where was Chopin born?", "when was Chopin born?"]),
        ("What is the deductible? Who pays for shipping?", ["What is the deductible?", "Who pays for shipping?"]),
        ("How much and how often do I pay rent?", ["How much do I pay rent?", "how often do I pay rent?"]),
        (
            "When and where was the conference held, and who spoke?",
            ["When was the conference held?", "where was the conference held?", "who spoke?"],
        ),
    ],
)
def test_each_part_can_be_asked_alone(question, expected):
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is research and development?",
        "What did Ann say and do?",
        "When was it built and why?",
        "Which rules apply to black and white pictures?",
        "Who?",
        "会议在哪里举行？",
        "and",
    ],
)
def test_a_question_for_one_thing_is_asked_as_it_is(question):
    assert parts(question) == [question]
