"""What the service says itself, in the language of whoever asks."""

import string

import pytest

from core.types import Notice, Verdict
from service.language.phrases import all_phrases, mark, phrases_for, refusals, told
from service.writing import writer
from service.writing.shown import is_abstention

NOTICES = [writer.NO_ANSWER, writer.NO_SOURCE, writer.BUSY, writer.BROKE_OFF, writer.left_out(1)]


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("Who paid for it?", "The documents do not say."),
        ("会议的预算是多少？", "文档中没有相关说明。"),
        ("Wie hoch war das Budget der Konferenz?", "Die Dokumente sagen dazu nichts."),
        ("Quel était le budget ?", "Les documents ne le disent pas."),
        ("¿Cuál fue el presupuesto?", "Los documentos no lo dicen."),
        ("Каким был бюджет?", "В документах об этом не говорится."),
        ("회의는 어디에서?", "The documents do not say."),  # no words of that language
    ],
)
def test_a_refusal_is_in_the_language_of_the_question(question, refusal):
    assert phrases_for(question).not_found == refusal


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("language", sorted(set(all_phrases()) - {"en"}))
def test_every_notice_is_told_in_every_language(notice: Notice, language: str):
    text = all_phrases()[language].notices[notice.code]
    assert text not in ("", notice.text)
    assert text.rstrip()[-1] in ".。"


def test_a_notice_without_words_of_its_own_stays_as_it_is():
    assert told(Notice("of_another_version", "In English."), "Wer war das?").text == "In English."


def test_a_doubt_is_marked_in_the_language_of_the_question():
    assert mark(Verdict.PARTLY, "Who was it?") == "[partly supported]"
    assert mark(Verdict.UNSUPPORTED, "他是谁？") == "[无据]"
    assert mark(Verdict.SUPPORTED, "他是谁？") == ""


def test_a_model_that_translates_the_refusal_is_understood():
    assert all(is_abstention(text) and is_abstention(text.rstrip(string.punctuation)) for text in refusals())
    assert not is_abstention("文档中有相关说明。")
