"""What the Python client does when a server dies in the middle: it asks again, and goes on where it was."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import AnswerTooSlow
from footnoted_client import Answer, Client, Started, TimedOut, Token, Unavailable, Unreachable
from footnoted_client.errors import ServiceError

ANSWER = {
    "id": "ans_2", "question": "Why?", "understood_as": "Why?", "status": "answered", "answer": "Because so.",
    "sentences": [], "citations": [], "hits": [], "confidence": 0.9, "model": "reader", "timings_ms": {},
}  # fmt: skip
Reply = list[tuple[str, dict]] | int | dict | tuple[int, dict] | None
"""Events of a stream, which breaks off where no `done` is among them; a status; JSON, with another status than 200; or
none until the server is closed."""


def stream(answer_id: str, *words: str, done: bool = True) -> Reply:
    started = ("start", {"id": answer_id, "understood_as": "Why?", "hits": []})
    told = [("token", {"text": word}) for word in words]
    return [started, *told, *([("done", {**ANSWER, "answer": "".join(words)})] if done else [])]


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[Client, list]]]:
    """A client of a server that gives the replies in turn, and the requests that came: method, path, key."""
    opened: list[tuple[ThreadingHTTPServer, Client]] = []
    closing = threading.Event()

    def start(*replies: Reply, retries: int = 1, timeout_s: float = 120) -> tuple[Client, list]:
        waiting, seen = list(replies), []

        class Handler(BaseHTTPRequestHandler):
            def reply(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                seen.append((self.command, self.path, self.headers.get("idempotency-key")))
                match waiting.pop(0):
                    case None:
                        closing.wait()
                    case (int(status), dict(members)):
                        self.send_response(status)
                        self.end_headers()
                        self.wfile.write(json.dumps(members).encode())
                    case int(status):
                        self.send_response(status)
                        self.send_header("content-length", "0")
                        self.end_headers()
                    case dict(members):
                        self.send_response(200)
                        self.end_headers()
                        self.wfile.write(json.dumps(members).encode())
                    case events:
                        self.send_response(200)
                        self.send_header("content-type", "text/event-stream")
                        self.end_headers()
                        for name, data in events:
                            self.wfile.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())

            do_POST = do_GET = do_DELETE = reply

            def log_message(self, *arguments: object) -> None:
                """Tests keep the requests themselves."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        opened.append((server, Client(f"http://127.0.0.1:{server.server_port}", retries=retries, timeout_s=timeout_s)))
        return opened[-1][1], seen

    yield start
    closing.set()
    for server, client in opened:
        client.close()
        server.shutdown()
        server.server_close()


def told(events: list) -> str:
    """The letters S and A for a beginning and an answer, and the words between."""
    names = {Started: "S", Answer: "A"}
    return " ".join(event.text if isinstance(event, Token) else names[type(event)] for event in events)


def test_a_stream_that_breaks_off_goes_on_where_it_was(scripted):
    client, seen = scripted(stream("ans_1", "Because", done=False), stream("ans_2", "Because", " so."))
    events = list(client.stream("Why?"))
    assert told(events) == "S Because  so. A"
    assert (events[0].id, events[-1].id) == ("ans_1", "ans_2")
    assert seen[0] == seen[1]
    assert seen[0][2]


def test_one_that_says_something_else_the_second_time_begins_anew(scripted):
    client, _ = scripted(stream("ans_1", "It", " is", done=False), stream("ans_2", "It", " was", " so."))
    assert told(list(client.stream("Why?"))) == "S It  is S It  was  so. A"


def test_one_that_is_shorter_the_second_time_begins_anew(scripted):
    client, _ = scripted(stream("ans_1", "Because", " so", done=False), stream("ans_2", "Because"))
    assert told(list(client.stream("Why?"))) == "S Because  so S Because A"


def test_one_that_breaks_off_again_while_it_catches_up_loses_and_repeats_nothing(scripted):
    cut = (stream("ans_1", "Because", " so", done=False), stream("ans_2", "Because", done=False))
    client, seen = scripted(*cut, stream("ans_3", "Because", " so", "."), retries=2)
    assert told(list(client.stream("Why?"))) == "S Because  so . A"
    assert len(seen) == 3


def test_after_the_last_try_it_is_told(scripted):
    client, seen = scripted(*[stream("ans_1", "Because", done=False)] * 2)
    with pytest.raises(Unreachable, match="ended before"):
        list(client.stream("Why?"))
    assert len(seen) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_server_that_is_gone_or_starts_did_not_answer_is_asked_again(scripted, status):
    client, seen = scripted(status, ANSWER)
    assert client.ask("Why?").answer == "Because so."
    assert seen[0] == seen[1]


@pytest.mark.parametrize("status", [404, 422, 500])
def test_what_would_be_the_same_again_is_not(scripted, status):
    client, seen = scripted(status, ANSWER)
    with pytest.raises(ServiceError):
        client.ask("Why?")
    assert len(seen) == 1


@pytest.mark.parametrize("ask", [lambda client: client.ask("Why?"), lambda client: list(client.stream("Why?"))])
def test_what_does_not_answer_in_time_is_not_asked_for_the_same_work_twice(scripted, ask):
    client, seen = scripted(None, ANSWER, timeout_s=0.2)
    with pytest.raises(TimedOut, match="in time"):
        ask(client)
    assert len(seen) == 1


def test_nor_is_what_the_server_gave_up_as_too_slow(scripted):
    client, seen = scripted((503, {"status": 503, "code": AnswerTooSlow.code, "detail": "Too long."}), ANSWER)
    with pytest.raises(Unavailable, match="Too long"):
        client.ask("Why?")
    assert len(seen) == 1


def test_deleting_is_not_tried_again(scripted):
    client, seen = scripted(502, {})
    with pytest.raises(Unavailable):
        client.delete("doc_1")
    assert len(seen) == 1


def test_an_upload_is_tried_again_with_its_key_and_each_has_its_own(scripted, tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("The otter Ida eats fish.")
    job = {"id": "job_1", "status": "done"}
    client, seen = scripted(503, job, job)
    assert client.upload([file]).id == "job_1"
    client.upload([file])
    first, again, other = (key for _, _, key in seen)
    assert first == again
    assert other not in (None, first)
