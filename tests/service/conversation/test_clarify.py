"""A question that fits several things equally gets a question back."""

import pytest

from core.types import AnswerStatus, DocumentRef, Hit, HitSource, Passage, Turn
from service.answer.reader import Candidate
from service.conversation.clarify import clarify

FEES = {
    "Library card.md": "# Library card\n\nThe fee is 12 euros a year. It can be paid in cash at the front desk.\n",
    "Parking permit.md": "# Parking permit\n\nThe fee is 30 euros a year. The permit is valid in zone B.\n",
    "Dog licence.md": "# Dog licence\n\nThe fee is 55 euros a year. Dogs must be on a leash in parks.\n",
    "Tenancy.md": "# Tenancy agreement\n\n## Flats\n\nThe notice period is three months to the end of a month.\n\n"
    "## Garages\n\nThe notice period is two weeks to the end of a month.\n",
}


@pytest.fixture(scope="module")
def engine(open_engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fees")
    for name, text in FEES.items():
        (folder / name).write_text(text)
    engine = open_engine(tmp_path_factory.mktemp("data"))
    engine.ingest([folder])
    return engine


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How much is the fee?", {"Library card", "Parking permit", "Dog licence"}),
        ("What is the notice period?", {"Flats", "Garages"}),
    ],
)
def test_it_is_asked_which_one_and_each_option_is_answered(engine, question, names):
    answer = engine.ask(question)
    assert answer.status is AnswerStatus.UNCLEAR
    assert answer.sentences == ()
    assert set(answer.clarification.options) == {f"{question[:-1]} ({name})?" for name in names}
    history = [Turn("user", question), Turn("assistant", answer.clarification.text)]
    for option in answer.clarification.options:
        chosen = engine.ask(option, history=history)
        assert chosen.understood_as == option
        assert chosen.status is AnswerStatus.ANSWERED
        name = option[option.index("(") + 1 : option.index(")")]
        citation = chosen.citations[0]
        assert name in (citation.document.title, citation.section[-1])


@pytest.mark.parametrize(
    "question",
    ["How much is the fee for the dog licence?", "What is the notice period for garages?", "How can it be paid?"],
)
def test_a_question_that_says_which_one_is_answered(engine, question):
    assert engine.ask(question).status is AnswerStatus.ANSWERED


def test_a_follow_up_says_which_one_by_its_conversation(engine):
    history = [Turn("user", "Where is the dog licence valid?"), Turn("assistant", "In parks.")]
    answer = engine.ask("How much is its fee?", history=history)
    assert answer.understood_as == "How much is the dog licence's fee?"
    assert answer.status is AnswerStatus.ANSWERED
    assert "55" in answer.text


def test_the_setting_turns_it_off(open_engine, tmp_path):
    (tmp_path / "docs").mkdir()
    for name, text in FEES.items():
        (tmp_path / "docs" / name).write_text(text)
    engine = open_engine(tmp_path / "data", conversation={"clarify": False})
    engine.ingest([tmp_path / "docs"])
    assert engine.ask("How much is the fee?").status is AnswerStatus.ANSWERED


@pytest.mark.parametrize(("question", "asks"), [("How much is it?", True), ("费用是多少？", False)])
def test_a_question_without_spaces_between_its_words_is_answered(question, asks):
    """Whether it names one of the things cannot be told."""
    near = []
    for title, text, probability in [("图书证", "费用是每年12欧元。", 0.9), ("停车证", "费用是每年30欧元。", 0.8)]:
        passage = Passage(title, DocumentRef(title, title, title, "text/plain"), (), None, 0, len(text), text)
        near.append(Candidate(Hit(passage, 1.0, HitSource.READ), 0, len(text), probability, (5, 7)))
    assert (clarify(question, near) is not None) is asks
