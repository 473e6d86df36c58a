"""A chat model of set speed: a server that speaks OpenAI's chat API and quotes the first passage that it is shown."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from service.answer.sentences import sentences

_PASSAGE = re.compile(r"^\[(p-\w+)\] [^\n]*\n(.*)$", re.MULTILINE)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_SENTENCES = 2


@contextmanager
def mock_model(first_s: float, tokens_per_s: float) -> Iterator[str]:
    """Gives the URL. The first word comes after ``first_s``; any number of answers at once."""
    loop = asyncio.new_event_loop()
    answering = _Answering(first_s, 1 / tokens_per_s)
    server = loop.run_until_complete(asyncio.start_server(answering.connected, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


class _Answering:
    def __init__(self, first_s: float, pause_s: float) -> None:
        self._first_s = first_s
        self._pause_s = pause_s

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = re.search(r"content-length: (\d+)", head)
            body = json.loads(await reader.readexactly(int(length.group(1)) if length else 0))
            writer.write(_HEAD)
            await asyncio.sleep(self._first_s)
            for word in _words(body["messages"][-1]["content"]):
                writer.write(_chunk({"content": word}))
                await writer.drain()
                await asyncio.sleep(self._pause_s)
            writer.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
            await writer.drain()
        writer.close()


def _words(prompt: str) -> list[str]:
    found = _PASSAGE.search(prompt)
    if found is None:
        return ["The documents do not say."]
    key, text = found.groups()
    told = [text[start:end] for start, end in sentences(text)[:_SENTENCES]]
    return re.findall(r"\s*\S+", " ".join(f"{sentence} [{key}]" for sentence in told))


def _chunk(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()
