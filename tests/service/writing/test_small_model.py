"""The whole path with a real small model on llama.cpp's server. What it writes is poor; what holds always must hold."""

import threading
from contextlib import suppress

import pytest
from halden import TOWER_QUESTION, check_events

from service.writing.chat_model import BrokenOff, open_chat_model
from service.writing.timed import Limits

pytestmark = pytest.mark.slow

QUESTIONS = [TOWER_QUESTION, "When was the Tista Bridge opened?", "Who is the mayor of Halden?"]


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none-is-needed")


@pytest.mark.parametrize("policy", ["mark", "drop", "refuse"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_it_writes_is_checked(engine_asking, small_model, question, policy):
    engine = engine_asking(small_model, policy=policy, answer_budget=60, start_s=120)
    answer = check_events(list(engine.ask_events(question)), engine)
    assert answer.usage is None or answer.usage.input_tokens > 100


def test_its_words_come_in_pieces_and_are_counted(small_model):
    model = open_chat_model("openai:smollm2", small_model, max_tokens=40)
    pieces = []
    with suppress(BrokenOff):  # it may ramble on until its limit
        for piece in model.stream([("user", "Count from one to five.")], Limits(start_s=120)):
            pieces.append(piece)
    assert sum(bool(piece.text) for piece in pieces) > 3
    (tokens,) = [piece.tokens for piece in pieces if piece.tokens]
    assert (tokens.input, tokens.output) > (5, 3)


def test_its_length_limit_is_told(small_model):
    model = open_chat_model("openai:smollm2", small_model, max_tokens=5)
    with pytest.raises(BrokenOff, match="length limit"):
        list(model.stream([("user", "Write a long story about a fox.")], Limits(start_s=120)))


def test_who_leaves_frees_it_for_the_next(engine_asking, small_model):
    """The server has one slot: a reply that nobody reads any more would hold up the next one until its end."""
    endless = open_chat_model("openai:smollm2", small_model)
    pieces = endless.stream([("user", "Write a very long story about a fox.")], Limits(start_s=120))
    next(piece for piece in pieces if piece.text)
    pieces.close()
    for thread in threading.enumerate():
        if thread.name == "chat-model":
            thread.join(60)
    assert not any(thread.name == "chat-model" for thread in threading.enumerate())
    model = open_chat_model("openai:smollm2", small_model, max_tokens=4)
    assert model.complete([("user", "Say hello.")]).text.strip()


def test_a_whole_answer_has_a_time_limit(engine_asking, small_model):
    engine = engine_asking(small_model, policy="drop", start_s=120, total_s=0.05)
    answer = check_events(list(engine.ask_events(TOWER_QUESTION)), engine)
    assert answer.model == engine.reader_name
    assert answer.notice is not None
