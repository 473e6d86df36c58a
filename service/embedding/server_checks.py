"""What the server's side says, asked as a page of the origin would: the script, the site, preflight, the stream."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.addresses import WIDGET_PATH
from service.embedding.bounded_http import MAX_BYTES, Answer, BoundedHttp, CallFailed, json_object, said
from service.embedding.event_times import EventTimes
from service.embedding.finding import Finding, Level

_JAVASCRIPT = frozenset({"text/javascript", "application/javascript", "application/x-javascript"})
_ASKED_HEADERS = ("authorization", "content-type")
_QUESTION = "Is everything in place?"
_TOLD_APART_MS = 30.0
_SHARE = 0.25
_DAY_MS = 86_400_000
_PASS_ON = "Have the reverse proxy pass GET, POST and OPTIONS of /widget.js and /v1/sites/ on as they are."


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends what a browser would on a page of ``origin``, to a site of ``server``."""

    http: BoundedHttp
    server: str
    origin: str
    site: str

    @property
    def base(self) -> str:
        return f"{self.server}/v1/sites/{self.site}"


def check_widget(http: BoundedHttp, server: str, origin: str) -> tuple[Finding, str]:
    """Whether browsers take the script; its text comes along, empty where it does not come."""
    try:
        answer = http.call("GET", server + WIDGET_PATH, headers={"Origin": origin})
    except CallFailed as error:
        return Finding("widget.js", "failed", f"It does not come: {error}.", _PASS_ON), ""
    if answer.status != 200:
        hint = said(answer.json, "hint") or f"The reverse proxy has to pass {WIDGET_PATH} on."
        return Finding("widget.js", "failed", f"It comes with status {answer.status}.", hint), ""
    hint = f"Something in front of Footnoted answers for it or changes it; pass {WIDGET_PATH} on as it is."
    if answer.media_type not in _JAVASCRIPT:
        message = f"It comes as {answer.media_type or 'nothing'}, not JavaScript."
        return Finding("widget.js", "failed", message, hint), ""
    if not answer.is_whole:
        return Finding("widget.js", "failed", f"It has more than {MAX_BYTES // 1024**2} MiB.", hint), ""
    missing = [
        f"{name}: {value}"
        for name, value in (
            ("Access-Control-Allow-Origin", "*"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("X-Content-Type-Options", "nosniff"),
        )
        if answer.headers.get(name, "").strip().lower() != value
    ]
    if missing:
        hint = "Something in front of Footnoted drops or changes headers. It has to send: " + "; ".join(missing) + "."
        level: Level = "failed" if any("Cross-Origin" in one for one in missing) else "warning"
        message = f"It comes without {len(missing)} of its headers."
        return Finding("widget.js", level, message, hint), answer.text
    size = f"{len(answer.body) / 1024:.0f} KiB"
    return Finding("widget.js", "ok", f"served as JavaScript, {size}, for pages of any origin"), answer.text


def check_preflight(caller: Caller) -> Finding:
    """What a browser asks before it sends a question with a token from another origin."""
    asked = {
        "Origin": caller.origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ", ".join(_ASKED_HEADERS),
    }
    try:
        answer = caller.http.call("OPTIONS", f"{caller.base}/ask", headers=asked)
    except CallFailed as error:
        return Finding("preflight", "failed", f"The OPTIONS request fails: {error}.", _PASS_ON)
    proxy = "Have the reverse proxy pass OPTIONS requests of /v1/sites/ on, without headers of its own."
    if not answer.is_success:
        return Finding("preflight", "failed", f"OPTIONS is answered with status {answer.status}.", proxy)
    if fault := _origin_fault(answer, caller.origin):
        return Finding("preflight", "failed", fault, proxy)
    allowed = {name.strip().lower() for name in answer.headers.get("access-control-allow-headers", "").split(",")}
    missing = [
        name for name in _ASKED_HEADERS if name not in allowed and (name == "authorization" or "*" not in allowed)
    ]
    if missing:
        return Finding("preflight", "failed", f"The answer does not allow the headers {', '.join(missing)}.", proxy)
    return Finding("preflight", "ok", "browsers may send questions from that origin")


def check_session(caller: Caller) -> tuple[Finding, str | None]:
    """Whether there is such a site and it allows the origin; the session's token comes along."""
    headers = {"Origin": caller.origin}
    try:
        answer = caller.http.call("POST", f"{caller.base}/session", body={"token": None}, headers=headers)
    except CallFailed as error:
        return Finding("site", "failed", f"The call fails: {error}.", _PASS_ON), None
    told = answer.json
    code = told.get("code")
    if code == "not_found":
        hint = "`footnoted sites list` shows the sites of a server; correct --site and data-site."
        return Finding("site", "failed", f"The server has no site {caller.site}.", hint), None
    if code == "origin_not_allowed":
        hint = f"Allow it: footnoted sites edit {caller.site} --add-origin {caller.origin}"
        return Finding("site", "failed", f"The site does not allow {caller.origin}.", hint), None
    if not answer.is_success:
        detail = said(told, "detail") or f"status {answer.status}"
        return Finding("site", "failed", f"The server refuses: {detail}", said(told, "hint") or _PASS_ON), None
    if fault := _origin_fault(answer, caller.origin):
        return Finding("site", "failed", fault, "Have the reverse proxy pass the headers of answers on."), None
    site, token = told.get("site"), said(told, "token")
    if not isinstance(site, dict) or not token:
        return Finding("site", "failed", "The answer is no session as Footnoted gives it.", _PASS_ON), None
    return Finding("site", "ok", f"{said(site, 'title') or caller.site!r} allows {caller.origin}"), token


def check_stream(caller: Caller, token: str) -> Finding:
    """Asks a question and sees whether its answer comes bit by bit, or is held back until it is complete.

    Times are compared with those that the server itself measured, so that a slow line is not taken for a proxy.
    """
    question = f"{_QUESTION} ({secrets.token_hex(4)})"  # one that was asked before may come from the server's memory
    asked = {"question": question, "history": [], "top_k": 5, "stream": True}
    # Compressed, if something on the way compresses what browsers ask for.
    headers = {"Origin": caller.origin, "Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    events = EventTimes()
    try:
        answer = caller.http.call("POST", f"{caller.base}/ask", body=asked, headers=headers, take=events.take)
    except CallFailed as error:
        hint = "Raise the reverse proxy's time limit for answers (nginx: proxy_read_timeout 120s)."
        return Finding("stream", "failed", f"The answer breaks off: {error}.", hint)
    if answer.status != 200:
        detail = said(answer.json, "detail") or f"status {answer.status}"
        return Finding("stream", "failed", f"A question is refused: {detail}", said(answer.json, "hint") or _PASS_ON)
    return _stream_finding(answer, events)


def _stream_finding(answer: Answer, events: EventTimes) -> Finding:
    done = json_object(events.done)
    took_ms = _took_ms(done) if done else None
    if answer.media_type != "text/event-stream" or events.apart_s is None or took_ms is None:
        hint = "Something in front of Footnoted changes the answer; pass /v1/sites/ on as it is."
        return Finding("stream", "failed", f"The answer is no whole event stream ({answer.media_type}).", hint)
    apart_ms, expected_ms = events.apart_s * 1000, took_ms
    encoding = answer.headers.get("content-encoding", "")
    seen = f"first event {apart_ms:.0f} ms before the last; the server took {expected_ms:.0f} ms between them"
    if expected_ms >= _TOLD_APART_MS and apart_ms < expected_ms * _SHARE:
        cause = f" It is compressed on the way ({encoding})." if encoding else ""
        hint = (
            "Switch buffering and compression off for /v1/sites/: nginx: proxy_buffering off; gzip off; "
            "Apache: SetEnv proxy-sendchunked 1 and no DEFLATE; Caddy: flush_interval -1. "
            "Answers still come, but all at once."
        )
        return Finding(
            "stream", "warning", f"Something holds the answer back until it is complete: {seen}.{cause}", hint
        )
    if encoding:
        hint = "Leave text/event-stream out of the proxy's compression: it may hold words back."
        return Finding("stream", "warning", f"The answer is compressed on the way ({encoding}); {seen}.", hint)
    if expected_ms < _TOLD_APART_MS:
        return Finding("stream", "ok", "the answer comes as events; it came too fast to tell whether it is held back")
    return Finding("stream", "ok", f"the answer comes bit by bit ({seen})")


def _took_ms(done: Mapping[str, Any]) -> float | None:
    """What the server says that the answer took after "start", which comes after the search; None where it does not."""
    timings = done.get("timings_ms")
    if not isinstance(timings, dict):
        return None
    took: list[float] = [took for stage, took in timings.items() if stage != "search"]
    if not all(isinstance(one, int | float) and 0 <= one < _DAY_MS for one in took):
        return None
    return sum(took)


def _origin_fault(answer: Answer, origin: str) -> str:
    """What a browser would refuse about the answer's Access-Control-Allow-Origin; empty for nothing."""
    given = answer.headers.get_list("access-control-allow-origin")
    if not given:
        return "The answer has no Access-Control-Allow-Origin."
    if len(given) > 1:
        return "The answer has Access-Control-Allow-Origin more than once: browsers take none of them."
    return "" if given[0] in (origin, "*") else f"The answer has Access-Control-Allow-Origin {given[0]}, not {origin}."
