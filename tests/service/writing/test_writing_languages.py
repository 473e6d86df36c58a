"""A question in one language over documents in another: the answer in the first, its sources in the second."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from halden import TOWER, check_events
from llm_servers.chat_server import ChatServer, passages_of

from core.types import Answer, AnswerStatus, Verdict
from index.encode import SentenceTransformerEncoder
from service.engine import Engine

QUESTION = "哈尔登塔有多高？"
TRUE, FALSE = "哈尔登塔高212米。", "哈尔登塔高312米。"


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-these-tests")


@pytest.fixture(scope="module")
def multilingual() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder("multilingual")


@pytest.fixture(scope="module")
def folder(multilingual, make_settings, tmp_path_factory) -> Path:
    source = tmp_path_factory.mktemp("tower") / "tower.txt"
    source.write_text(TOWER, encoding="utf-8")
    data = tmp_path_factory.mktemp("tower-data") / "data"
    engine = Engine.open(make_settings(data), multilingual)
    assert engine.ingest([source]).failed == []
    engine.close()
    return data


@pytest.fixture
def answered(multilingual, make_settings, folder) -> Iterator[Callable[[ChatServer, str], Answer]]:
    opened: list[Engine] = []

    def ask(server: ChatServer, question: str) -> Answer:
        model = {"name": "openai:scripted", "base_url": server.url, "retries": 0}
        opened.append(Engine.open(make_settings(folder, model=model), multilingual))
        return check_events(list(opened[-1].ask_events(question)), opened[-1])

    yield ask
    for engine in opened:
        engine.close()


def test_an_answer_in_the_questions_language_cites_the_original(answered, start_chat):
    answer = answered(start_chat(lambda body: f"{TRUE} [{next(iter(passages_of(body)))}]"), QUESTION)
    assert answer.status is AnswerStatus.ANSWERED
    (sentence,) = answer.sentences
    assert (sentence.text, sentence.verdict) == (TRUE, Verdict.PARTLY)  # another language cannot be judged wholly
    (citation,) = answer.citations
    assert "212 metres tall" in citation.quote
    assert citation.language == "en"


def test_another_number_is_not_shown_and_whoever_asked_is_told_in_their_language(answered, start_chat):
    answer = answered(start_chat(lambda body: f"{FALSE} [{next(iter(passages_of(body)))}]"), QUESTION)
    assert FALSE not in answer.text
    assert answer.notice is not None
    assert (answer.notice.code, answer.notice.text[:4]) == ("no_source", "语言模型")


def test_the_model_is_asked_for_the_questions_language(answered, start_chat):
    server = start_chat("The documents do not say.")
    assert answered(server, QUESTION).status is AnswerStatus.NOT_FOUND
    assert "answer in Chinese" in str(server.requests[-1])
