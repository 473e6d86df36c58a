"""Questions at the gate: refused, waiting, let in, and gone."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from http.client import HTTPResponse

import httpx
import pytest
from blocking import Guarded, guarded, until
from llm_servers.chat_server import Stall, Streamed

from service.settings import Settings

QUESTION = "When was the Central Foreign Affairs Work Conference held?"
OTHER = "Who attended the conference?"
RPC = {"jsonrpc": "2.0", "id": 1}
RPC_HEADERS = {"accept": "application/json, text/event-stream"}
CALL = {**RPC, "method": "tools/call", "params": {"name": "search", "arguments": {"question": OTHER}}}
TOOLS = {**RPC, "method": "tools/list", "params": {}}

Serve = Callable[..., AbstractContextManager[Guarded]]


@pytest.fixture
def serve(sample_engine, sample_folder, make_settings) -> Serve:
    """One place at work; ``limits`` are more settings of that group."""

    def start(*, limits: dict | None = None, **groups: dict) -> AbstractContextManager[Guarded]:
        own = {"at_once": 1, "answer_cache_mb": 0, **(limits or {})}
        settings: Settings = make_settings(sample_folder, limits=own, questions={"keep_days": 0}, **groups)
        return guarded(sample_engine, settings)

    return start


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask(url: str, question: str = QUESTION, **more: object) -> httpx.Response:
    return httpx.post(f"{url}/v1/ask", json={"question": question, **more}, timeout=60)


def busy(served: Guarded, threads: ThreadPoolExecutor) -> "Future[httpx.Response]":
    """A question that is being read."""
    asked = threads.submit(ask, served.url)
    until(lambda: served.reader.reading == 1)
    return asked


def test_beyond_the_queue_everybody_is_told_so_at_once_in_the_shape_of_their_protocol(serve, threads, assert_problem):
    with serve(limits={"queue_s": 0}) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        first = busy(served, threads)
        refused = client.post("/v1/ask", json={"question": OTHER})
        assert_problem(refused, 429, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.json()["retry_after_s"] == int(refused.headers["retry-after"])
        chat = {"model": "footnoted/default", "messages": [{"role": "user", "content": OTHER}]}
        for path, body in (
            ("/v1/chat/completions", chat),
            ("/v1/responses", {"model": "footnoted/default", "input": OTHER}),
        ):
            refused = client.post(path, json=body)
            assert refused.status_code == 429
            assert (refused.json()["error"]["type"], refused.json()["error"]["code"]) == (
                "rate_limit_error",
                "overloaded",
            )
            assert int(refused.headers["retry-after"]) >= 1
        refused = client.post("/v1/messages", json={**chat, "max_tokens": 100})
        assert (refused.status_code, refused.json()["error"]["type"]) == (429, "rate_limit_error")
        refused = client.post("/mcp", json=CALL, headers=RPC_HEADERS)
        assert_problem(refused, 429, "overloaded")
        escaped = json.dumps(CALL).replace("tools/call", r"tools\/call")
        refused = client.post("/mcp", content=escaped, headers={**RPC_HEADERS, "content-type": "application/json"})
        assert_problem(refused, 429, "overloaded")
        refused = client.post(
            "/v1/sites/site_none/ask", json={"question": OTHER}, headers={"Origin": "https://a.example"}
        )
        assert_problem(refused, 429, "overloaded")
        assert refused.headers["access-control-allow-origin"] == "https://a.example"
        served.reader.open.set()
        assert first.result().json()["status"] == "answered"
        assert client.post("/v1/search", json={"question": OTHER}).status_code == 200


def test_what_reads_nothing_does_not_wait_for_answers(serve, threads):
    with serve(limits={"queue_s": 0}) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        first = busy(served, threads)
        assert client.post("/v1/search", json={"question": OTHER}).status_code == 200  # by a queue of its own
        for path in ("/healthz", "/readyz", "/v1/documents", "/", "/static/base.css", "/metrics"):
            assert client.get(path).status_code == 200, path
        assert client.post("/mcp", json=TOOLS, headers=RPC_HEADERS).status_code == 200
        served.reader.open.set()
        assert first.result().status_code == 200


def test_a_question_that_waits_is_answered_after_the_one_before_it(serve, threads):
    with serve(limits={"queue_s": 50}) as served:
        first = busy(served, threads)
        second = threads.submit(ask, served.url, OTHER)
        until(lambda: served.load.answers.waiting == 1)
        assert served.reader.reading == 1
        served.reader.open.set()
        assert [asked.result().status_code for asked in (first, second)] == [200, 200]
        assert (served.load.answers.at_work, served.load.in_flight) == (0, 0)


def test_a_client_that_leaves_while_it_waits_is_not_worked_for(serve, threads):
    with serve(limits={"queue_s": 50}) as served:
        first = busy(served, threads)
        body = b'{"question": "Who attended?"}'
        head = (
            f"POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        )
        leaving = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))
        leaving.sendall(head.encode() + b"\r\n\r\n" + body)
        until(lambda: served.load.answers.waiting == 1)
        leaving.close()
        until(lambda: served.load.answers.waiting == 0)
        served.reader.open.set()
        assert first.result().status_code == 200
        assert served.reader.reading == 1


def test_a_body_that_does_not_come_takes_no_place_and_is_given_up(serve):
    with serve(limits={"queue_s": 0, "body_s": 0.5}) as served:
        slow = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))
        slow.sendall(b'POST /v1/ask HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"question"')
        assert served.load.answers.at_work == 0
        with HTTPResponse(slow) as told:
            told.begin()
            assert (told.status, json.loads(told.read())["code"]) == (408, "request_timeout")
        slow.close()


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/admin/session", "/v1/collections", "/v1/sign-in"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_every_body_that_does_not_come_is_given_up(serve, path, kind):
    with serve(limits={"body_s": 0.5}) as served:
        slow = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), timeout=60)
        head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {kind}\r\ncontent-length: 100\r\n\r\n"
        slow.sendall(head.encode() + b'{"')
        with HTTPResponse(slow) as told:
            told.begin()
            assert (told.status, json.loads(told.read())["code"]) == (408, "request_timeout")
        slow.close()


def test_an_upload_may_take_longer_than_another_body(serve):
    with serve(limits={"body_s": 0.2}) as served:
        slow = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), timeout=60)
        body = b'--x\r\nContent-Disposition: form-data; name="unread"; filename="a.txt"\r\n\r\nAn otter.\r\n--x--\r\n'
        head = (
            "POST /v1/documents HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: multipart/form-data; boundary=x\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        slow.sendall(head.encode() + body[:20])
        time.sleep(0.6)
        slow.sendall(body[20:])
        with HTTPResponse(slow) as told:
            told.begin()
            assert told.status == 422  # it was read whole: it has no files
        slow.close()


def finish(chat) -> None:
    """The model goes on, and whoever listened to it is gone."""
    chat.over.set()
    until(lambda: not any(thread.name == "chat-model" for thread in threading.enumerate()))


def writing(chat) -> dict:
    return {"name": "openai:scripted", "base_url": chat.url, "retries": 0}


def test_who_waits_for_a_chat_model_holds_no_place(serve, threads, start_chat):
    said = threading.Event()

    def stall(body: dict) -> Stall:
        said.set()
        return Stall()

    chat = start_chat(stall)
    with serve(limits={"queue_s": 0}, model=writing(chat)) as served:
        served.reader.open.set()
        waits = threads.submit(ask, served.url)
        assert said.wait(60)
        assert served.load.in_flight == 1
        assert ask(served.url, OTHER, model="reader").json()["model"] == "reader"
        assert not waits.done()
        finish(chat)
        assert waits.result().json()["notice"]["code"] == "model_failed"


def test_who_waits_for_a_chat_model_to_say_what_a_follow_up_means_holds_no_place(serve, threads, start_chat):
    said = threading.Event()

    def stall(body: dict) -> Stall:
        said.set()
        return Stall()

    chat = start_chat(stall)
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "In December."}]
    with serve(limits={"queue_s": 0}, model=writing(chat), conversation={"rewrite_s": 50}) as served:
        served.reader.open.set()
        waits = threads.submit(ask, served.url, "Who attended it?", history=history)
        assert said.wait(60)
        assert ask(served.url, OTHER, model="reader").json()["model"] == "reader"
        assert not waits.done()
        finish(chat)
        assert waits.result().status_code == 200
        until(lambda: served.load.answers.at_work == 0)


def test_an_answer_that_takes_too_long_is_given_up(serve, start_chat, assert_problem):
    chat = start_chat(lambda body: Stall())
    with serve(limits={"request_s": 1}, model=writing(chat)) as served:
        served.reader.open.set()
        assert_problem(ask(served.url), 503, "answer_timeout", ["took too long"])
        assert served.load.in_flight == 0
        finish(chat)


def test_a_stream_that_takes_too_long_ends_without_its_last_event(serve, start_chat):
    chat = start_chat(lambda body: Streamed(("The conference", Stall())))
    with serve(limits={"request_s": 2}, model=writing(chat)) as served:
        served.reader.open.set()
        with (
            pytest.raises(httpx.RemoteProtocolError),
            httpx.stream("POST", f"{served.url}/v1/ask", json={"question": QUESTION, "stream": True}) as response,
        ):
            for line in response.iter_lines():
                assert line != "event: done"
        finish(chat)
