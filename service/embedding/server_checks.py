"""What the server's side says, asked as a page of the origin would: the script, the site, preflight, the stream."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

from service.embedding.finding import Finding, Level
from service.embedding.page import WIDGET_PATH

_JAVASCRIPT = frozenset({"text/javascript", "application/javascript", "application/x-javascript"})
_ASKED_HEADERS = ("authorization", "content-type")
_QUESTION = "Is everything in place?"
_TOLD_APART_MS = 30.0
_SHARE = 0.25
_PASS_ON = "Have the reverse proxy pass GET, POST and OPTIONS of /widget.js and /v1/sites/ on as they are."


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that sends what a browser would on a page of ``origin``, to a site of ``server``."""

    client: httpx.Client
    server: str
    origin: str
    site: str

    @property
    def base(self) -> str:
        return f"{self.server}/v1/sites/{self.site}"


def check_widget(client: httpx.Client, server: str, origin: str) -> tuple[Finding, str]:
    """Whether browsers take the script; its text comes along, empty where it does not come."""
    try:
        response = client.get(server + WIDGET_PATH, headers={"Origin": origin})
    except httpx.HTTPError as error:
        return Finding("widget.js", "failed", f"It does not come: {_why(error)}.", _PASS_ON), ""
    if response.status_code != 200:
        hint = str(_json(response).get("hint", "")) or f"The reverse proxy has to pass {WIDGET_PATH} on."
        return Finding("widget.js", "failed", f"It comes with status {response.status_code}.", hint), ""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _JAVASCRIPT:
        hint = f"Something in front of Footnoted answers for it or changes its type; pass {WIDGET_PATH} on as it is."
        return Finding("widget.js", "failed", f"It comes as {media_type or 'nothing'}, not JavaScript.", hint), ""
    missing = [
        f"{name}: {value}"
        for name, value in (
            ("Access-Control-Allow-Origin", "*"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("X-Content-Type-Options", "nosniff"),
        )
        if response.headers.get(name, "").strip().lower() != value
    ]
    if missing:
        hint = "Something in front of Footnoted drops or changes headers. It has to send: " + "; ".join(missing) + "."
        level: Level = "failed" if any("Cross-Origin" in one for one in missing) else "warning"
        message = f"It comes without {len(missing)} of its headers."
        return Finding("widget.js", level, message, hint), response.text
    size = f"{len(response.content) / 1024:.0f} KiB"
    return Finding("widget.js", "ok", f"served as JavaScript, {size}, for pages of any origin"), response.text


def check_preflight(caller: Caller) -> Finding:
    """What a browser asks before it sends a question with a token from another origin."""
    asked = {
        "Origin": caller.origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ", ".join(_ASKED_HEADERS),
    }
    try:
        response = caller.client.request("OPTIONS", f"{caller.base}/ask", headers=asked)
    except httpx.HTTPError as error:
        return Finding("preflight", "failed", f"The OPTIONS request fails: {_why(error)}.", _PASS_ON)
    proxy = "Have the reverse proxy pass OPTIONS requests of /v1/sites/ on, without headers of its own."
    if not response.is_success:
        return Finding("preflight", "failed", f"OPTIONS is answered with status {response.status_code}.", proxy)
    if fault := _origin_fault(response, caller.origin):
        return Finding("preflight", "failed", fault, proxy)
    allowed = {name.strip().lower() for name in response.headers.get("access-control-allow-headers", "").split(",")}
    missing = [
        name for name in _ASKED_HEADERS if name not in allowed and (name == "authorization" or "*" not in allowed)
    ]
    if missing:
        return Finding("preflight", "failed", f"The answer does not allow the headers {', '.join(missing)}.", proxy)
    return Finding("preflight", "ok", "browsers may send questions from that origin")


def check_session(caller: Caller) -> tuple[Finding, str | None]:
    """Whether there is such a site and it allows the origin; the session's token comes along."""
    try:
        response = caller.client.post(f"{caller.base}/session", json={"token": None}, headers={"Origin": caller.origin})
    except httpx.HTTPError as error:
        return Finding("site", "failed", f"The call fails: {_why(error)}.", _PASS_ON), None
    problem = _json(response)
    code = problem.get("code")
    if code == "not_found":
        hint = "`footnoted sites list` shows the sites of a server; correct --site and data-site."
        return Finding("site", "failed", f"The server has no site {caller.site}.", hint), None
    if code == "origin_not_allowed":
        hint = f"Allow it: footnoted sites edit {caller.site} --add-origin {caller.origin}"
        return Finding("site", "failed", f"The site does not allow {caller.origin}.", hint), None
    if not response.is_success:
        detail = problem.get("detail") or f"status {response.status_code}"
        hint = str(problem.get("hint") or _PASS_ON)
        return Finding("site", "failed", f"The server refuses: {detail}", hint), None
    if fault := _origin_fault(response, caller.origin):
        return Finding("site", "failed", fault, "Have the reverse proxy pass the headers of answers on."), None
    title = problem.get("site", {}).get("title", caller.site)
    return Finding("site", "ok", f"{title!r} allows {caller.origin}"), str(problem.get("token", ""))


def check_stream(caller: Caller, token: str) -> Finding:
    """Asks a question and sees whether its answer comes bit by bit, or is held back until it is complete.

    Times are compared with those that the server itself measured, so that a slow line is not taken for a proxy.
    """
    asked = {"question": _QUESTION, "history": [], "top_k": 5, "stream": True}
    headers = {"Origin": caller.origin, "Authorization": f"Bearer {token}"}
    events: dict[str, tuple[float, str]] = {}
    try:
        with caller.client.stream("POST", f"{caller.base}/ask", json=asked, headers=headers) as response:
            if response.status_code != 200:
                response.read()
                detail = _json(response).get("detail") or f"status {response.status_code}"
                return Finding(
                    "stream", "failed", f"A question is refused: {detail}", str(_json(response).get("hint", ""))
                )
            name = ""
            for line in response.iter_lines():
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    events.setdefault(name, (time.perf_counter(), line[5:]))
    except httpx.HTTPError as error:
        hint = "Raise the reverse proxy's time limit for answers (nginx: proxy_read_timeout 120s)."
        return Finding("stream", "failed", f"The answer breaks off: {_why(error)}.", hint)
    return _stream_finding(response, events)


def _stream_finding(response: httpx.Response, events: dict[str, tuple[float, str]]) -> Finding:
    media_type = response.headers.get("content-type", "").partition(";")[0]
    if media_type != "text/event-stream" or "done" not in events or "start" not in events:
        hint = "Something in front of Footnoted changes the answer; pass /v1/sites/ on as it is."
        return Finding("stream", "failed", f"The answer is no whole event stream ({media_type}).", hint)
    encoding = response.headers.get("content-encoding", "")
    apart_ms = (events["done"][0] - events["start"][0]) * 1000
    timings: dict[str, float] = json.loads(events["done"][1]).get("timings_ms", {})
    expected_ms = sum(took for stage, took in timings.items() if stage != "search")  # "start" comes after the search
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


def _origin_fault(response: httpx.Response, origin: str) -> str:
    """What a browser would refuse about the answer's Access-Control-Allow-Origin; empty for nothing."""
    given = response.headers.get_list("access-control-allow-origin")
    if not given:
        return "The answer has no Access-Control-Allow-Origin."
    if len(given) > 1:
        return "The answer has Access-Control-Allow-Origin more than once: browsers take none of them."
    return "" if given[0] in (origin, "*") else f"The answer has Access-Control-Allow-Origin {given[0]}, not {origin}."


def _why(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
