"""What a client of another API reads where the documents do not say, or a sentence is doubtful."""

import pytest

from core.types import Answer, AnswerSentence, AnswerStatus, Verdict
from service.answer.events import Done, SentenceDone, Started, Token
from service.dialects.answer_text import AnswerText, closing_text
from service.dialects.links import Links


def answer(question: str, *sentences: AnswerSentence, understood: str | None = None) -> Answer:
    status = AnswerStatus.ANSWERED if sentences else AnswerStatus.NOT_FOUND
    return Answer("ans_1", question, understood or question, status, sentences, (), None, 0.1, "reader", (), {})


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who paid?", "The documents do not say."),
        ("谁付的钱？", "文档中没有相关说明。"),
        ("Wer hat das bezahlt?", "Die Dokumente sagen dazu nichts."),
    ],
)
def test_a_refusal_is_in_the_language_of_the_question(question, text):
    assert closing_text(answer(question), [], dangling=False) == text


def test_a_follow_up_is_refused_in_the_language_that_it_was_understood_in():
    asked = answer("2022?", understood="Wer hat das bezahlt? (2022?)")
    assert closing_text(asked, [], dangling=False) == "Die Dokumente sagen dazu nichts."


def test_a_doubt_is_marked_in_the_language_of_the_question():
    said = AnswerSentence("Das Haus ist alt.", (), Verdict.PARTLY, 0.3)
    whole = answer("Wie alt ist das Haus?", said)
    writer = AnswerText(Links(None, "default"))
    events = [Started("ans_1", whole.question, ()), Token(said.text), SentenceDone(0, said), Done(whole)]
    text = "".join(part.text for event in events for part in writer.parts(event))
    assert text == "Das Haus ist alt. [teilweise belegt]"
