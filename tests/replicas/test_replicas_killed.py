"""A replica dies, with all of its processes at once: what it had begun, a second try or the other replica finishes."""

import re
import threading
import uuid
from urllib.parse import urlsplit

import httpx
import pytest
from llm_servers.chat_server import Streamed, WaitFor, passages_of
from replica_pair import QUESTION, SENTENCE, quoting, until, upload
from replica_proxy import SERVED_BY

from footnoted_client import Answer, Client, Sentence, Started

pytestmark = pytest.mark.slow


@pytest.fixture
def killing(pair):
    """Kills a replica; it is started again after the test."""
    killed = []

    def kill(replica):
        replica.kill()
        killed.append(replica)

    yield kill
    for replica in killed:
        replica.start()


@pytest.fixture
def halting(pair):
    """The model's first answer halts after its first sentence until the end of the test; the next ones do not.

    Gives how many were asked for.
    """
    over, asked = threading.Event(), []

    def script(body: dict) -> Streamed:
        key = next(iter(passages_of(body)))
        asked.append(body)
        first, *words = re.findall(r"\S+\s*", f"{SENTENCE} [{key}] {SENTENCE} [{key}]")
        half = len(words) // 2 + 3  # a sentence is complete once the next one has begun
        halt = [WaitFor(over)] if len(asked) == 1 else []
        return Streamed((first, *words[:half], *halt, *words[half:]))

    pair.chat.script = script
    yield asked
    over.set()
    pair.chat.script = quoting


def test_a_stream_whose_replica_dies_goes_on_at_the_other(pair, killing, halting):
    served_by: list[httpx.Response] = []
    with Client(pair.url) as client:
        client._http.event_hooks["response"].append(served_by.append)  # who answers is in a header of the proxy's
        session_id = client.create_session()
        events = []
        for event in client.stream(QUESTION, session_id=session_id):
            events.append(event)
            if isinstance(event, Sentence) and len(halting) == 1:
                killing(pair.served_by(served_by[-1]))
    dead, alive = (response.headers[SERVED_BY].split(",")[-1].strip() for response in served_by[-2:])
    assert dead != alive
    assert len(halting) == 2
    [started] = [event for event in events if isinstance(event, Started)]
    assert events[0] == started
    sentences = tuple(event for event in events if isinstance(event, Sentence))
    assert isinstance(events[-1], Answer)
    assert sentences == events[-1].sentences  # each was told once
    with pair.client() as client:
        turns = client.get(f"/v1/sessions/{session_id}").json()["turns"]
    assert [(turn["question"], turn["answer_id"]) for turn in turns] == [(QUESTION, events[-1].id)]


def test_a_stream_that_is_cut_off_does_not_look_whole_to_any_client(pair, killing, halting):
    told = b""
    with (
        pytest.raises(httpx.RemoteProtocolError),
        pair.client() as client,
        client.stream("POST", "/v1/ask", json={"question": QUESTION, "stream": True}) as response,
    ):
        for piece in response.iter_raw():
            told += piece
            if b"event: sentence" in told and len(halting) == 1:
                halting.clear()
                killing(pair.served_by(response))
    assert b"event: done" not in told


def test_an_answer_that_no_byte_was_sent_of_is_asked_for_at_the_other_by_the_proxy(pair, killing, halting):
    answers: list[httpx.Response] = []

    def ask() -> None:
        with pair.client() as client:
            answers.append(client.post("/v1/ask", json={"question": QUESTION}))

    asking = threading.Thread(target=ask)
    asking.start()
    until(lambda: halting)
    model = urlsplit(pair.chat.url).port
    [busy] = [replica for replica in (pair.one, pair.other) if replica.is_connected_to(model)]
    killing(busy)
    asking.join()
    assert answers[0].status_code == 200
    assert pair.served_by(answers[0]) is pair.other_than(busy)
    assert SENTENCE in answers[0].json()["answer"]


def test_an_upload_that_was_not_answered_is_one_job_however_often_it_is_sent(pair, killing, settle):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    text = "The tern Zoe carries letters to the island of Runa."
    with pair.client() as client:
        # It was taken in, and the answer was lost with the replica.
        sent = {"files": [("files", ("tern.txt", text))], "data": {"collection": "terns"}}
        response = client.post("/v1/documents", **sent, headers=key)
        killing(pair.served_by(response))
        again = upload(client, "tern.txt", text, "terns", **key)
        assert again == response.headers["location"]
        assert settle(client, again)["counts"] == {"added": 1}
        assert client.get("/v1/documents", params={"collection": "terns"}).json()["total"] == 1


def test_the_job_of_a_dead_replica_is_finished_by_the_other(pair, killing, settle):
    facts = [f"Locker {n} of the harbour of Runa holds rope number {n * 7}." for n in range(500)]
    with pair.client() as client:
        location = upload(client, "lockers.txt", "\n\n".join(facts), "lockers")
        until(lambda: pair.one.reads_documents() or pair.other.reads_documents())
        until(lambda: client.get(location).json()["status"] == "running")
        reader = pair.one if pair.one.reads_documents() else pair.other
        killing(reader)
        assert settle(client, location)["counts"] == {"added": 1}
        asked = {"question": "Which rope does locker 377 hold?", "collection": "lockers", "model": "reader"}
        answer = client.post("/v1/ask", json=asked).json()
        assert "rope number 2639" in answer["answer"]
        assert client.get("/v1/documents", params={"collection": "lockers"}).json()["total"] == 1
