"""How long a question takes to its first token with a chat model, and what the check of each sentence adds.

    python -m bench.writing                       # a scripted server of set speed
    python -m bench.writing --model openai:x --base-url http://127.0.0.1:8080/v1

The documents are the bundled sample. Times are wall clock, in milliseconds; the median and the 95th percentile.
"""

import argparse
import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from service.answer.events import Done, SentenceDone, Started, Token
from service.answer.sentences import sentences
from service.commands.serve import SAMPLE_DOCUMENT
from service.engine import Engine
from service.settings import Settings

QUESTIONS = (
    "When was the Central Foreign Affairs Work Conference held?",
    "Who attended the conference?",
    "What was said about the world situation?",
    "What are the goals of foreign policy?",
)
_SENTENCES = 6


def _handler(first_s: float, tokens_per_s: float) -> type[BaseHTTPRequestHandler]:
    text = SAMPLE_DOCUMENT.read_text(encoding="utf-8")
    words = " ".join(text[start:end] for start, end in sentences(text)[:_SENTENCES]).split()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            time.sleep(first_s)
            for word in words:
                self._send({"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None})
                time.sleep(1 / tokens_per_s)
            self._send({"index": 0, "delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, choice: dict) -> None:
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            """Nobody reads it."""

    return Handler


@contextmanager
def _scripted(first_s: float, tokens_per_s: float) -> Iterator[str]:
    os.environ.setdefault("OPENAI_API_KEY", "none-is-needed")
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(first_s, tokens_per_s)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def measure(model: str, base_url: str, policy: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds by what was measured, one figure an answer."""
    found: dict[str, list[float]] = {name: [] for name in ("start", "first token", "check of a sentence", "whole")}
    with TemporaryDirectory() as folder:
        chosen = {"name": model, "base_url": base_url, "policy": policy}
        with Engine.open(Settings(data_dir=Path(folder) / "data", model=chosen)) as engine:  # type: ignore[arg-type]
            engine.ingest([SAMPLE_DOCUMENT])
            engine.warm_up()
            for number in range(rounds * len(QUESTIONS)):
                begin = time.perf_counter()
                done = first = 0
                for event in engine.ask_events(QUESTIONS[number % len(QUESTIONS)]):
                    now = (time.perf_counter() - begin) * 1000
                    match event:
                        case Started():
                            found["start"].append(now)
                        case Token() if not first:
                            first = 1
                            found["first token"].append(now)
                        case SentenceDone():
                            done += 1
                        case Done(answer):
                            found["whole"].append(now)
                            found["check of a sentence"].append(answer.timings_ms.get("verify", 0.0) / max(1, done))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="openai:scripted")
    parser.add_argument("--base-url", help="a server of your own; without one, a scripted one")
    parser.add_argument("--first-token-ms", type=float, default=200)
    parser.add_argument("--tokens-per-s", type=float, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for policy in ("mark", "drop"):
        with _scripted(options.first_token_ms / 1000, options.tokens_per_s) as scripted:
            found = measure(options.model, options.base_url or scripted, policy, options.rounds)
        print(f"policy {policy}")
        for name, times in found.items():
            if times:
                late = sorted(times)[int(0.95 * (len(times) - 1))]
                print(f"  {name:22} median {statistics.median(times):8.1f}   p95 {late:8.1f}")


if __name__ == "__main__":
    main()
