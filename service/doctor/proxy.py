"""``footnoted doctor --url``: what lies between a public address and the server, tried from outside."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from core.errors import InvalidRequest
from service.embedding.bounded_http import Answer, BoundedHttp, CallFailed, json_object, said
from service.embedding.finding import Finding
from service.embedding.reaching import check_certificate, check_name, check_plain_http
from service.routes.probe import PAUSE_S, TICKS

_SHARE = 0.5
"""Of the time that the server takes for its events: where less lies between the first and the last, they were held."""
_LATE_S = 60.0
_PROXY_HEADERS = ("via", "server", "x-served-by", "cf-ray", "x-cache")
_BUFFERING = (
    "Switch buffering and compression of event streams off. nginx: proxy_buffering off; gzip off (or leave "
    "X-Accel-Buffering alone); Apache: SetEnv proxy-sendchunked 1 and no DEFLATE; Caddy: flush_interval -1. "
    "Answers still come, but all at once."
)


class _Times:
    """When the events of a probe came, and what the first one says."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.seen: dict[str, Any] | None = None
        self._buffer = b""

    def take(self, piece: bytes) -> None:
        *events, self._buffer = (self._buffer + piece).split(b"\n\n")
        for event in events:
            name, _, data = event.partition(b"\n")
            if name == b"event: seen":
                self.seen = json_object(data.removeprefix(b"data: "))
            self.at.append(time.perf_counter())

    @property
    def apart_s(self) -> float:
        return self.at[-1] - self.at[0] if self.at else 0.0


def proxy_findings(url: str) -> Iterator[Finding]:
    """Raises InvalidRequest for what is no address of a server."""
    server = _server_of(url)
    context = ssl.create_default_context()
    name = check_name(server)
    yield name
    if name.level == "failed":
        return
    certificate = check_certificate(server, context)
    if certificate is not None:
        yield certificate
        if certificate.level == "failed":
            return
    http = BoundedHttp(context)
    yield from check_plain_http(http, server)
    yield from _probed(http, server)
    yield from _open(http, server)


def _probed(http: BoundedHttp, server: str) -> Iterator[Finding]:
    times = _Times()
    address = f"{server}/v1/probe?host={quote(urlsplit(server).netloc)}"
    pass_on = "Have the reverse proxy pass /v1/probe on as it is; it may be closed again afterwards."
    try:
        answer = http.call("GET", address, headers={"Accept-Encoding": "gzip"}, take=times.take)
    except CallFailed as error:
        yield Finding("probe", "failed", f"{server}/v1/probe does not answer: {error}.", pass_on)
        return
    if answer.status != 200:
        detail = said(answer.json, "detail") or f"status {answer.status}"
        yield Finding(
            "probe", "failed", f"{server}/v1/probe is refused: {detail}", said(answer.json, "hint") or pass_on
        )
        return
    if times.seen is None or len(times.at) != TICKS + 1:
        yield Finding("probe", "failed", "What came is not the probe of Footnoted, or not all of it.", pass_on)
        return
    yield _stream(answer, times)
    yield from _forwarded(answer, times.seen, urlsplit(server).scheme)
    yield _clock(answer)


def _stream(answer: Answer, times: _Times) -> Finding:
    expected = TICKS * PAUSE_S
    apart = f"{TICKS + 1} events within {times.apart_s:.1f} s; the server sent them within {expected:.1f} s"
    encoding = answer.headers.get("content-encoding", "")
    if times.apart_s < expected * _SHARE:
        cause = f" It is compressed on the way ({encoding})." if encoding else ""
        return Finding("stream", "warning", f"Something holds events back: {apart}.{cause}", _BUFFERING)
    if encoding:
        hint = "Leave text/event-stream out of the proxy's compression: it may hold words back."
        return Finding("stream", "warning", f"Events are compressed on the way ({encoding}); {apart}.", hint)
    return Finding("stream", "ok", f"events come one by one ({apart})")


def _forwarded(answer: Answer, seen: dict[str, Any], scheme: str) -> Iterator[Finding]:
    through = [name for name in _PROXY_HEADERS if name in answer.headers]
    if seen.get("forwarded") and not seen.get("believed"):
        hint = "Add the proxy's own address to server.trusted_proxies; the log's lines of requests show it."
        message = "X-Forwarded-For arrives, and is not believed: all visitors are one address to the limits."
        yield Finding("visitors", "warning", message, hint)
    elif seen.get("forwarded"):
        yield Finding("visitors", "ok", "the server sees the addresses of visitors (X-Forwarded-For)")
    elif through:
        hint = (
            "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; Apache and Caddy do it by themselves."
        )
        message = f"A proxy answers ({', '.join(through)}), and no X-Forwarded-For arrives: all visitors are one."
        yield Finding("visitors", "warning", message, hint)
    else:
        yield Finding("visitors", "ok", "no sign of a proxy: the server sees visitors itself")
    if seen.get("scheme") != scheme:
        hint = "nginx: proxy_set_header X-Forwarded-Proto $scheme; and the proxy in server.trusted_proxies."
        message = f"The server takes requests for {seen.get('scheme')}, while browsers use {scheme}."
        yield Finding("scheme", "warning", message, hint)
    if not seen.get("same_host"):
        message = "The Host header is changed on the way: browsers' requests look like those of another site (403)."
        yield Finding(
            "host", "failed", message, "nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost On"
        )


def _open(http: BoundedHttp, server: str) -> Iterator[Finding]:
    """What a stranger may do there."""
    try:
        answer = http.call("GET", f"{server}/v1/collections")
    except CallFailed:  # a proxy may well pass only some paths
        return
    if answer.status == 200:
        hint = 'Fine on a public site (access.anonymous = ["ask"]); else: footnoted keys create NAME --scope ask'
        yield Finding("access", "warning", "Strangers may ask there, without a key.", hint)
    else:
        yield Finding("access", "ok", f"without a key, strangers get status {answer.status}")


def _clock(answer: Answer) -> Finding:
    try:
        there = parsedate_to_datetime(answer.headers["date"])
        late = abs((datetime.now(UTC) - there).total_seconds())
    except (KeyError, ValueError, TypeError):
        return Finding("clock", "ok", "the server does not tell its time")
    if late > _LATE_S:
        hint = "Set both by the network: timedatectl set-ntp true"
        return Finding("clock", "warning", f"This clock and the server's are {late:.0f} s apart.", hint)
    return Finding("clock", "ok", f"within {max(late, 1):.0f} s of the server's")


def _server_of(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
        raise InvalidRequest(f"--url {url} is no address of a server.", "Write it as https://answers.example.org.")
    return f"{parts.scheme}://{parts.netloc}"
