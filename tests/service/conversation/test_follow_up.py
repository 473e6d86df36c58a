"""What a question means after the ones before it."""

import pytest

from core.types import Turn
from service.conversation.follow_up import understand


def turns(*pairs: tuple[str, str]) -> list[Turn]:
    return [turn for asked, said in pairs for turn in (Turn("user", asked), Turn("assistant", said))]


CONFERENCE = turns(
    ("When was the Central Foreign Affairs Work Conference held?", "It was held from December 27th to 28th.")
)
SPEECH = turns(("Who delivered an important speech?", "Xi Jinping delivered an important speech."))
RADIUM = turns(("Who discovered radium?", "Marie Curie discovered radium in 1898."))


@pytest.mark.parametrize(
    ("history", "question", "meant"),
    [
        (CONFERENCE, "And where was it held?", "And where was the Central Foreign Affairs Work Conference held?"),
        (CONFERENCE, "How many attended it?", "How many attended the Central Foreign Affairs Work Conference?"),
        (CONFERENCE, "Who gave a speech there?", "Who gave a speech at the Central Foreign Affairs Work Conference?"),
        (CONFERENCE, "What was its result?", "What was the Central Foreign Affairs Work Conference's result?"),
        (SPEECH, "Which other officials joined him?", "Which other officials joined Xi Jinping?"),
        (SPEECH, "What offices does he hold?", "What offices does Xi Jinping hold?"),
        (SPEECH, "What is his office?", "What is Xi Jinping's office?"),
        (RADIUM, "When was she born?", "When was Marie Curie born?"),
        (RADIUM, "Which prize did she win?", "Which prize did Marie Curie win?"),
    ],
)
def test_a_pronoun_stands_for_what_the_conversation_was_about(history, question, meant):
    assert understand(question, history) == meant


@pytest.mark.parametrize(
    "question", ["why?", "Why?", "Where?", "And the speakers?", "What about the year before that one?"]
)
def test_a_question_that_leaves_its_subject_out_brings_the_one_before_along(question):
    assert (
        understand(question, CONFERENCE) == f"{question} (When was the Central Foreign Affairs Work Conference held?)"
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the GDP of Japan?",
        "Who attended the closing meeting?",
        "Is there a budget for foreign work?",
        "Which reports that were published mention trade?",
        "When did that conference take place?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question):
    assert understand(question, CONFERENCE) == question


def test_without_a_history_a_question_is_left_as_it_is():
    assert understand("And where was it held?", []) == "And where was it held?"


def test_white_space_and_line_breaks_in_a_question_are_folded():
    assert understand("  Where\n was   it held? ", []) == "Where was it held?"


def test_the_last_question_counts_not_an_earlier_one():
    history = turns(
        ("Where is the Eiffel Tower?", "In Paris."),
        ("Who built the Brooklyn Bridge?", "It was built by two engineers."),
    )
    assert understand("How long is it?", history) == "How long is the Brooklyn Bridge?"
