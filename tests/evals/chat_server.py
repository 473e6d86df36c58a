"""A real HTTP server that speaks as much of OpenAI's chat API as a client needs, and answers from a script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass(frozen=True)
class Failure:
    """A reply that is none: a status with an error body, or (``body``) bytes that are no reply at all."""

    status: int
    body: bytes | None = None


class Stall:
    """The server takes the request, and says nothing until the test is over."""


Answer = str | Failure | Stall
Script = Callable[[dict], Answer]


@dataclass
class ChatServer:
    """``script`` is given each request's body; ``requests`` keeps them, ``keys`` the keys that came with them."""

    script: Script
    requests: list[dict] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def users(self) -> list[dict]:
        """The user messages, which are JSON."""
        return [json.loads(request["messages"][-1]["content"]) for request in self.requests]


def in_turn(*answers: Answer) -> Script:
    """Each answer once, the last one for ever."""
    waiting = list(answers)
    return lambda body: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _completion(text: str) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
    reply = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(reply).encode()


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.requests.append(body)
            server.keys.add(self.headers.get("authorization", ""))
            answer = server.script(body)
            if isinstance(answer, Stall):
                server.over.wait()
                return
            status, content = 200, _completion(answer) if isinstance(answer, str) else b""
            if isinstance(answer, Failure):
                status = answer.status
                content = answer.body or json.dumps({"error": {"message": f"scripted {status}"}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Tests keep the requests themselves."""

    return Handler


@contextmanager
def serving_chat(script: Script) -> Iterator[ChatServer]:
    server = ChatServer(script)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as http:
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
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-key")
    started = []

    def start(*answers: Answer | Script) -> ChatServer:
        script = answers[0] if callable(answers[0]) else in_turn(*answers)
        context = serving_chat(script)
        started.append(context)
        return context.__enter__()

    yield start
    for context in started:
        context.__exit__(None, None, None)
