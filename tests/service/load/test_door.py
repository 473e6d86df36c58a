"""While a queue is full, questions for it are sent away at the door."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from blocking import Guarded, guarded, until

QUESTION = {"question": "When was the Central Foreign Affairs Work Conference held?"}
CHAT = {"model": "footnoted/default", "messages": [{"role": "user", "content": "Who attended?"}]}
PAGE = "https://page.example"


@pytest.fixture
def full(sample_engine, sample_folder, make_settings) -> Iterator[tuple[Guarded, httpx.Client]]:
    """Behind its door: one question is at work, and nobody may wait."""
    limits = {"at_once": 1, "answer_cache_mb": 0, "queue_s": 0}
    settings = make_settings(sample_folder, limits=limits, questions={"keep_days": 0})
    with (
        guarded(sample_engine, settings, door=True) as served,
        httpx.Client(base_url=served.url, timeout=60) as client,
        ThreadPoolExecutor(1) as threads,
    ):
        first = threads.submit(httpx.post, f"{served.url}/v1/ask", json=QUESTION, timeout=60)
        until(lambda: served.reader.reading == 1)
        yield served, client
        served.reader.open.set()
        assert first.result().status_code == 200


def test_who_is_sent_away_is_told_so_in_the_shape_of_their_protocol(full, assert_problem):
    served, client = full
    refused = client.post("/v1/ask", json=QUESTION)
    assert_problem(refused, 429, "overloaded")
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after_s"] >= 1
    assert len(refused.headers["x-request-id"]) == 32
    told = client.post("/v1/chat/completions", json=CHAT)
    assert (told.status_code, told.json()["error"]["code"]) == (429, "overloaded")
    told = client.post("/v1/messages", json={**CHAT, "max_tokens": 9})
    assert (told.status_code, told.json()["error"]["type"]) == (429, "rate_limit_error")
    assert int(told.headers["retry-after"]) >= 1
    assert served.load.in_flight == 1


def test_pages_of_sites_can_read_why(full):
    _, client = full
    refused = client.post("/v1/sites/site_any/ask", json=QUESTION, headers={"Origin": PAGE})
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == PAGE
    assert "Retry-After" in refused.headers["access-control-expose-headers"]


def test_the_rest_goes_on_and_questions_too_once_there_is_room(full):
    served, client = full
    assert client.post("/v1/search", json=QUESTION).status_code == 200  # its queue is another one
    assert client.get("/healthz").status_code == 200
    assert client.get("/v1/collections").status_code == 200
    metrics = client.get("/metrics").text
    assert client.post("/v1/ask", json=QUESTION).status_code == 429
    assert counted(client.get("/metrics").text) == counted(metrics) + 1
    served.reader.open.set()
    until(lambda: served.load.in_flight == 0)
    assert client.post("/v1/ask", json=QUESTION).json()["status"] == "answered"


def counted(metrics: str) -> float:
    lines = [line for line in metrics.splitlines() if line.startswith('footnoted_shed_total{reason="overloaded"}')]
    return sum(float(line.rpartition(" ")[2]) for line in lines)
