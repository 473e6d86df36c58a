"""Answers that are given again, and those that must not be."""

import asyncio

import httpx
import pytest

from core.types import Turn
from index.filters.filter import Within
from index.marks import Marks, MarksChange
from service.engine import Engine
from service.load.admission import Admission
from service.load.answer_cache import AnswerCache
from service.load.place import PLACE

OTTER = "The otter Ida eats two kilograms of fish a day. Her home is the river Ilm."
HERON = "The heron Otto eats five frogs a day. His home is the lake Plön."
QUESTION = "How much fish does the otter Ida eat a day?"


def is_hit(answer) -> bool:
    return list(answer.timings_ms) == ["cache"]


@pytest.fixture
def engine(open_engine, tmp_path) -> Engine:
    """With the otter in it, and a cache."""
    (tmp_path / "otter.txt").write_text(OTTER)
    made = open_engine()
    made.ingest([tmp_path / "otter.txt"])
    made.keep_answers(16)
    return made


def test_the_same_question_has_the_same_answer_under_an_id_of_its_own(engine):
    first, second = engine.ask(QUESTION), engine.ask(f"  {QUESTION} ")
    assert (is_hit(first), is_hit(second)) == (False, True)
    assert first.id != second.id
    assert (first.text, first.citations, first.hits) == (second.text, second.citations, second.hits)
    told = list(engine.ask_events(QUESTION))
    assert told[0].id == told[-1].answer.id not in (first.id, second.id)
    assert [type(event).__name__ for event in told].count("Cited") == len(first.citations)


@pytest.mark.parametrize(
    "other",
    [
        {"question": "How much fish does the otter Ida eat a week?"},
        {"top_k": 3},
        {"history": (Turn("user", "Who lives in the river?"),)},
        {"within": Within(labels=frozenset())},
    ],
)
def test_what_differs_in_anything_is_another_question(engine, other):
    engine.ask(QUESTION)
    assert not is_hit(engine.ask(**{"question": QUESTION, **other}))
    assert is_hit(engine.ask(**{"question": QUESTION, **other}))


def test_every_change_of_the_collection_is_seen_by_the_next_question(engine, tmp_path):
    before = engine.ask(QUESTION)
    (tmp_path / "heron.txt").write_text(HERON)
    engine.ingest([tmp_path / "heron.txt"], prune=False)
    assert not is_hit(engine.ask(QUESTION))
    otter = before.citations[0].document.id
    engine.ask(QUESTION)
    engine.change_marks(otter, MarksChange(labels=("board",)))
    shown = engine.ask(QUESTION, within=Within(labels=frozenset()))
    assert not any(hit.passage.document.id == otter for hit in shown.hits)
    engine.remove([otter])
    after = engine.ask(QUESTION)
    assert not is_hit(after)
    assert not any(hit.passage.document.id == otter for hit in after.hits)


def test_a_collection_made_anew_has_no_old_answers(engine, tmp_path):
    engine.ask(QUESTION)
    engine.delete_collection("default")
    (tmp_path / "heron.txt").write_text(HERON)
    engine.ingest([tmp_path / "heron.txt"])
    answer = engine.ask(QUESTION)
    assert not is_hit(answer)
    assert all("Ida" not in hit.passage.text for hit in answer.hits)


def test_what_ones_own_labels_let_be_found_is_not_kept(engine, tmp_path):
    (tmp_path / "secret.txt").write_text("The otter Ida has a secret brother, Udo.")
    engine.ingest([tmp_path / "secret.txt"], prune=False, marks=Marks(labels=("board",)))
    within = Within(labels=frozenset({"board"}))
    answers = [engine.ask("Who is the brother of the otter Ida?", within=within) for _ in range(2)]
    assert not any(map(is_hit, answers))
    assert all("Udo" in answer.hits[0].passage.text for answer in answers)


def test_an_answer_that_is_left_in_the_middle_is_not_kept(engine):
    events = engine.ask_events(QUESTION)
    next(events)
    events.close()
    assert not is_hit(engine.ask(QUESTION))


def test_an_answer_that_is_given_again_leaves_its_place_before_it_is_sent(engine):
    engine.ask(QUESTION)

    async def run() -> None:
        admission = Admission(1, 1.0)
        PLACE.set(await admission.enter())
        events = engine.ask_events(QUESTION)
        next(events)
        assert admission.at_work == 0
        assert is_hit(list(events)[-1].answer)

    asyncio.run(run())


def test_the_oldest_make_room_for_new_ones(engine):
    size = 40_000
    cache = engine._answers = AnswerCache(size)
    for number in range(30):
        engine.ask(f"{QUESTION} {number}")
        assert 0 < len(cache) < 30
    assert is_hit(engine.ask(f"{QUESTION} 29"))
    assert not is_hit(engine.ask(f"{QUESTION} 0"))
    engine._answers = AnswerCache(10)
    engine.ask(QUESTION)
    assert not is_hit(engine.ask(QUESTION))


def test_an_engine_of_no_server_keeps_nothing(sample_engine):
    assert not any(is_hit(sample_engine.ask(QUESTION)) for _ in range(2))


@pytest.fixture
def client(start_server, tmp_path):
    """Of a server with the default settings, which keep answers."""
    with start_server(tmp_path / "data") as running, httpx.Client(base_url=running.url, timeout=120) as opened:
        yield opened


@pytest.mark.slow
def test_over_http_a_streamed_question_is_answered_from_what_another_asked(client, settle, events_of):
    job = client.post("/v1/documents", files=[("files", ("otter.txt", OTTER))])
    settle(client, job.headers["location"])
    asked = {"question": QUESTION}
    first = client.post("/v1/ask", json=asked).json()
    with client.stream("POST", "/v1/ask", json={**asked, "stream": True}) as response:
        events = list(events_of(response))
    done = events[-1][1]
    assert list(done["timings_ms"]) == ["cache"]
    assert (done["answer"], done["citations"]) == (first["answer"], first["citations"])
    assert done["sentences"][0]["text"] == "".join(data["text"] for name, data in events if name == "token")
    rated = client.post("/v1/feedback", json={"answer_id": done["id"], "rating": "up"})
    assert rated.status_code == httpx.codes.NO_CONTENT
