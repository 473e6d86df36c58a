"""A question in one language over a text in another: the sentence is found, and what is not there is refused."""

import pytest

from core.types import AnswerStatus, DocumentRef, Hit, HitSource, Passage
from index.encode import SentenceTransformerEncoder
from service.answer.across_languages import is_across
from service.answer.reader import ReadingTask
from service.engine import Engine

TEXT = (
    "The lighthouse of Halden was built in 1871 on the skerry west of the harbour. The tower is 23 metres high, and "
    "its granite came from the quarry at Iddefjord. Masons worked on it for three summers. The ticket costs 60 crowns."
)


@pytest.fixture(scope="module")
def engine(make_settings, tmp_path_factory):
    source = tmp_path_factory.mktemp("lighthouse") / "lighthouse.txt"
    source.write_text(TEXT, encoding="utf-8")
    opened = Engine.open(make_settings(source.parent / "data"), SentenceTransformerEncoder("multilingual"))
    assert opened.ingest([source]).failed == []
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("灯塔有多高？", "23 metres"),
        ("Was kostet eine Karte für den Leuchtturm?", "60 crowns"),
        ("Когда был построен маяк?", "1871"),
        ("¿Cuánto cuesta la entrada?", "60 crowns"),
    ],
)
def test_the_original_is_quoted_and_says_its_language(engine, question, said):
    answer = engine.ask(question)
    assert answer.status is AnswerStatus.ANSWERED
    assert any(said in citation.quote for citation in answer.citations)
    assert {citation.language for citation in answer.citations} == {"en"}
    assert answer.model == "reader"


@pytest.mark.parametrize(
    "question", ["日本的国内生产总值是多少？", "Wie setze ich mein Router-Passwort zurück?", "Какая столица Франции?"]
)
def test_what_the_text_does_not_say_is_refused(engine, question):
    assert engine.ask(question).status is AnswerStatus.NOT_FOUND


def test_within_a_language_the_reader_reads_alone(engine, monkeypatch):
    before = engine.ask("How high is the tower?")
    monkeypatch.setattr("service.answer.across_languages.SCALE", 0.0)
    assert engine.ask("How high is the tower?").confidence == before.confidence
    assert engine.ask("灯塔有多高？").confidence > 0.99  # the shift alone


def test_a_sentence_is_encoded_once(engine, monkeypatch):
    engine.ask("灯塔有多高？")
    again = []
    encode = SentenceTransformerEncoder.encode_passages
    monkeypatch.setattr(
        SentenceTransformerEncoder, "encode_passages", lambda self, texts: again.extend(texts) or encode(self, texts)
    )
    answer = engine.ask("灯塔有多高？")
    assert answer.status is AnswerStatus.ANSWERED
    assert again == []


@pytest.mark.parametrize("question", ["Los Angeles population 2020?", "Die Hard release date?", "OS requirements?"])
def test_a_name_makes_no_question_one_across_languages(question):
    place = Passage("p", DocumentRef("d", "d", "d", "text/plain"), (), None, 0, len(TEXT), TEXT, language="en")
    assert not is_across(ReadingTask(question, [Hit(place, 1.0, HitSource.FUSED)], [0.5], {}, 1))
