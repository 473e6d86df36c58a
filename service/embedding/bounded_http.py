"""Requests to pages and servers that nobody vouches for: what comes is bounded in size and time, whatever it is."""

import asyncio
import codecs
import json
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx

MAX_BYTES = 5 * 1024**2
_JSON_BYTES = 1024**2
_PIECE_BYTES = 64 * 1024
_CONNECT_S = 15.0
_WHOLE_S = 30.0
_MAX_REDIRECTS = 10
_BROWSER = "Mozilla/5.0 (compatible; footnoted doctor)"  # some sites turn away what does not look like one
# Python's codecs that browsers have too. Others are no text (hex), or slow without bounds (punycode).
_CODEC = re.compile(r"utf-(8|16)|iso8859|cp\d|koi8|gb|big5|euc|shift_jis|iso2022_jp|mac")


class CallFailed(Exception):
    """A request came to nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. ``body`` is unpacked, and without what is beyond MAX_BYTES; ``url`` is the last of redirects."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes
    is_whole: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """Decoded as the answer says, or else as UTF-8."""
        return self.body.decode(_codec(self.headers.get("content-type", "")), errors="replace")

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object; an empty one where it is none."""
        return json_object(self.body) or {}


def json_object(text: bytes) -> dict[str, Any] | None:
    """The object that a JSON text of at most 1 MiB holds; None where it does not."""
    try:
        found = json.loads(text) if len(text) <= _JSON_BYTES else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def said(problem: Mapping[str, Any], name: str) -> str:
    """What a field says, where it is a text."""
    found = problem.get(name)
    return found if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class BoundedHttp:
    """Calls as a browser makes them. One is over after ``whole_s`` seconds, connecting and redirects included."""

    context: ssl.SSLContext
    whole_s: float = _WHOLE_S

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        follow: bool = False,
        take: Callable[[bytes], None] | None = None,
    ) -> Answer:
        """The answer; ``body`` is sent as JSON, ``take`` is given the pieces as they come. Raises CallFailed."""
        request = {"method": method, "url": url, "headers": headers, "json": body}
        try:
            return asyncio.run(self._within(request, follow, take or (lambda piece: None)))
        except TimeoutError as error:
            raise CallFailed(f"it was not complete after {self.whole_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, zlib.error) as error:
            raise CallFailed(str(error) or type(error).__name__) from error

    async def _within(self, request: Mapping[str, Any], follow: bool, take: Callable[[bytes], None]) -> Answer:
        standard = {"User-Agent": _BROWSER, "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(None, connect=_CONNECT_S)
        async with (
            asyncio.timeout(self.whole_s),
            httpx.AsyncClient(verify=self.context, timeout=timeout, headers=standard) as client,
            AsyncExitStack() as opened,
        ):
            following = client.build_request(**request)
            for _ in range(_MAX_REDIRECTS + 1):
                # httpx would read the whole body of a redirect if it followed by itself.
                response = await client.send(following, stream=True)
                opened.push_async_callback(response.aclose)
                if not follow or response.next_request is None:
                    return await _read(response, take)
                following = response.next_request
        raise CallFailed(f"it redirects more than {_MAX_REDIRECTS} times")


async def _read(response: httpx.Response, take: Callable[[bytes], None]) -> Answer:
    body = bytearray()
    async for piece in _unpacked(response):
        body += piece
        take(piece)
        if len(body) > MAX_BYTES:
            break
    is_whole = len(body) <= MAX_BYTES
    return Answer(str(response.url), response.status_code, response.headers, bytes(body[:MAX_BYTES]), is_whole)


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """The pieces of a body, of 64 KiB or so. Raises CallFailed, zlib.error."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise CallFailed(f"it is compressed in a way that was not asked for ({encoding})")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if "gzip" in encoding else None
    received = 0
    async for piece in response.aiter_raw():
        received += len(piece)
        if unpacker is None:
            yield piece
            continue
        unpacked = unpacker.decompress(piece, _PIECE_BYTES)
        while unpacked or unpacker.unconsumed_tail:
            yield unpacked
            unpacked = unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)
        if received > MAX_BYTES:
            raise CallFailed("it is too large")
        if unpacker.eof:  # what follows it would be kept
            return


def _codec(content_type: str) -> str:
    charset = re.search(r"charset\s*=\s*[\"']?([^\s;\"']+)", content_type, re.IGNORECASE)
    try:
        name = codecs.lookup(charset[1]).name if charset else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
    return name if _CODEC.match(name) else "utf-8"
