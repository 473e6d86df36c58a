"""A real HTTP server that speaks as much of OpenAI's chat API as a client needs, and answers from a script.

It lies, stalls and breaks off when the script says so.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass(frozen=True)
class Failure:
    """A reply that is none: a status with an error body, or (``body``) bytes that are no reply at all."""

    status: int
    body: bytes | None = None


@dataclass(frozen=True)
class Redirect:
    """The server sends the client elsewhere, with the request's body."""

    url: str


class Stall:
    """The server takes the request, and says nothing until the test is over. In a stream: from here on."""


class Cut:
    """In a stream: the connection ends here, as if the server had died."""


@dataclass(frozen=True)
class KeepAlive:
    """In a stream: a comment every tenth of a second, and no text, until the test is over."""


@dataclass(frozen=True)
class Raw:
    """In a stream: the bytes of an event, whatever they are."""

    data: bytes


@dataclass(frozen=True)
class Pause:
    """In a stream: some time passes."""

    seconds: float


@dataclass(frozen=True)
class WaitFor:
    """In a stream: nothing comes until the event is set."""

    event: threading.Event


@dataclass(frozen=True)
class Streamed:
    """A reply in pieces. ``bytes_at_once`` sends so few bytes of it at a time that characters come in halves; without
    ``is_chunked`` the end of the connection is the only end of the body, so that a cut one looks like a whole one."""

    pieces: tuple["str | Stall | Cut | KeepAlive | Raw | Pause | WaitFor", ...]
    bytes_at_once: int | None = None
    is_chunked: bool = True
    finish_reason: str | None = "stop"


_LONGEST_WAIT_S = 30

Answer = str | Failure | Redirect | Stall | Streamed
Script = Callable[[dict], Answer]


@dataclass
class ChatServer:
    """``script`` is given each request's body; ``requests`` keeps them, ``keys`` the keys that came with them.

    ``left`` is set when a client left in the middle of a stream.
    """

    script: Script
    requests: list[dict] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def users(self) -> list[dict]:
        """The user messages, which are JSON."""
        return [json.loads(request["messages"][-1]["content"]) for request in self.requests]


def in_turn(*answers: Answer) -> Script:
    """Each answer once, the last one for ever."""
    waiting = list(answers)
    return lambda body: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def passages_of(body: dict) -> dict[str, str]:
    """The passages of a prompt, by key, as the model sees them."""
    user = body["messages"][-1]["content"]
    shown = re.search(r"BEGIN PASSAGES \w+\n(.*)\nEND PASSAGES", user, re.DOTALL)
    blocks = re.split(r"(?:^|\n\n)\[(p-\w+)\] [^\n]*\n", shown.group(1)) if shown else [""]
    return dict(zip(blocks[1::2], blocks[2::2], strict=True))


USAGE = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}


def _completion(text: str) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    reply = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": USAGE}
    return json.dumps(reply).encode()


def _event(text: str | None, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish_reason}
    return _chunk([choice])


def _chunk(choices: list, usage: dict | None = None) -> bytes:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices}
    return f"data: {json.dumps(chunk | {'usage': usage}, ensure_ascii=False)}\n\n".encode("utf-8", "surrogatepass")


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.requests.append(body)
            server.keys.add(self.headers.get("authorization", ""))
            answer = server.script(body)
            self.close_connection = True
            if isinstance(answer, Stall):
                server.over.wait()
                return
            if isinstance(answer, str) and body.get("stream"):
                answer = Streamed(tuple(re.findall(r"\s*\S+", answer)))
            if isinstance(answer, Streamed):
                try:
                    self._stream(answer)
                except OSError:
                    server.left.set()
                return
            if isinstance(answer, Redirect):
                self.send_response(307)
                self.send_header("location", f"{answer.url}/chat/completions")
                self.send_header("content-length", "0")
                self.send_header("connection", "close")
                self.end_headers()
                return
            status, content = 200, _completion(answer) if isinstance(answer, str) else b""
            if isinstance(answer, Failure):
                status = answer.status
                content = answer.body or json.dumps({"error": {"message": f"scripted {status}"}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, answer: Streamed) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            if answer.is_chunked:
                self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in answer.pieces:
                match piece:
                    case Cut():
                        return
                    case Stall():
                        server.over.wait()
                        return
                    case KeepAlive():
                        while not server.over.wait(0.1):
                            self._send(answer, b": still here\n\n")
                        return
                    case Pause(seconds):
                        server.over.wait(seconds)
                    case WaitFor(event):
                        event.wait(_LONGEST_WAIT_S)
                    case Raw(data):
                        self._send(answer, data)
                    case _:
                        self._send(answer, _event(piece))
            if answer.finish_reason:
                self._send(answer, _event(None, answer.finish_reason))
            self._send(answer, _chunk([], USAGE))
            self._send(answer, b"data: [DONE]\n\n")
            if answer.is_chunked:
                self.wfile.write(b"0\r\n\r\n")

        def _send(self, answer: Streamed, data: bytes) -> None:
            size = answer.bytes_at_once or len(data)
            for start in range(0, len(data), size):
                part = data[start : start + size]
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n" if answer.is_chunked else part)
                self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            """Tests keep the requests themselves."""

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are part of the tests."""


@contextmanager
def serving_chat(script: Script) -> Iterator[ChatServer]:
    server = ChatServer(script)
    with _Server(("127.0.0.1", 0), _handler(server)) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            http.shutdown()
            thread.join()


@pytest.fixture
def start_chat(monkeypatch) -> Iterator[Callable[..., ChatServer]]:
    """Starts servers that answer from a script: a function, or answers in turn."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up-key")
    started = []

    def start(*answers: Answer | Script) -> ChatServer:
        script = answers[0] if callable(answers[0]) else in_turn(*answers)
        context = serving_chat(script)
        started.append(context)
        return context.__enter__()

    yield start
    for context in started:
        with suppress(OSError):
            context.__exit__(None, None, None)
