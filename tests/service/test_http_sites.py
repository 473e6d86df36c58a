"""`/v1/sites/…` of a running server: sessions without a secret, who may use them, and how often."""

import json
import re
import threading
import time
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeTimedSerializer
from typer.testing import CliRunner

from service.app import create_app
from service.cli import app
from service.engine import Engine
from service.secret import load_secret
from service.sites.store import Sites
from service.sites.tokens import SessionTokens

PAGE = "https://www.a.example"
OTHER_PAGE = "https://b.example"
OTTER = "The otter Ida eats two kilograms of fish a day."
OTTER_QUESTION = "How much fish does the otter Ida eat a day?"
FEW = {
    "FOOTNOTED_SITES__QUESTIONS_PER_MINUTE": "2",
    "FOOTNOTED_SITES__QUESTIONS_PER_MINUTE_PER_ADDRESS": "3",
    "FOOTNOTED_SITES__SESSIONS_PER_MINUTE_PER_ADDRESS": "4",
    "FOOTNOTED_SITES__REQUESTS_PER_MINUTE_PER_ADDRESS": "40",
}
PLENTY = dict.fromkeys(FEW, "100000")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sites") / "data"


@pytest.fixture(scope="module")
def sites(folder):
    """The sites of the server's folder, as another process has them."""
    opened = Sites(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def site(sites):
    """A site that asks the sample."""
    return sites.add("Docs", "default", [PAGE, "https://*.wild.example"])


@pytest.fixture(scope="module")
def web(start_server, folder, site):
    """A client of a server with generous limits."""
    with start_server(folder, "--demo", FOOTNOTED_QUESTIONS__OVER_HTTP="true", **PLENTY) as running:
        assert running.process.poll() is None
        with httpx.Client(base_url=running.url, timeout=60) as client:
            yield client


@pytest.fixture
def opened(web, site):
    """Opens a session; gives the response."""

    def post(origin: str | None = PAGE, token: str | None = None, site_id: str = site.id, **headers: str):
        sent = {**({} if origin is None else {"Origin": origin}), **headers}
        return web.post(f"/v1/sites/{site_id}/session", json={"token": token}, headers=sent)

    return post


@pytest.fixture
def token(opened) -> str:
    return opened().raise_for_status().json()["token"]


@pytest.fixture
def asked(web, site, token):
    """Asks in a session; gives the response."""

    def post(
        question: str, token: str | None = token, origin: str | None = PAGE, site_id: str = site.id, **more: object
    ):
        sent: dict[str, str | bytes] = {} if origin is None else {"Origin": origin}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}".encode("latin-1")
        return web.post(f"/v1/sites/{site_id}/ask", json={"question": question, **more}, headers=sent)

    return post


def session_of(folder, token: str, site_id: str) -> str:
    return SessionTokens(load_secret(folder), 900).read(token, site_id).id


# Sessions


def test_a_page_on_the_list_gets_a_token_and_what_to_show(opened, site):
    body = opened().raise_for_status().json()
    assert body.keys() == {"token", "expires_in", "site"}
    assert body["expires_in"] == 900
    assert body["site"] == {
        "id": site.id, "title": "Docs", "greeting": "", "suggestions": [], "placeholder": None, "language": None,
        "accent": None, "position": "right", "takes_feedback": True, "question_limit": 2000,
    }  # fmt: skip


def test_a_session_goes_on_with_its_old_token_only(opened, folder, site):
    first = opened().json()["token"]
    same = opened(token=first).json()["token"]
    assert session_of(folder, same, site.id) == session_of(folder, first, site.id)
    for other in (None, "nonsense", "\u2603"):
        token = opened(token=other).json()["token"]
        assert session_of(folder, token, site.id) != session_of(folder, first, site.id)


@pytest.mark.parametrize("origin", [PAGE, "HTTPS://WWW.A.EXAMPLE:443", "https://deep.down.wild.example"])
def test_pages_on_the_list_are_let_in(opened, origin):
    assert opened(origin).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        None, OTHER_PAGE, "http://www.a.example", "https://a.example", "https://www.a.example:8443", "https://wild.example",
        "null", "", "*", "file://", "https://[", "https://www.a.example.evil.example", f"{PAGE}, {OTHER_PAGE}",
        "https://*.wild.example", "javascript:alert(1)", "x" * 2000,
    ],
)  # fmt: skip
def test_other_pages_are_told_that_they_are_not_on_the_list(opened, assert_problem, origin):
    problem = assert_problem(opened(origin), 403, "origin_not_allowed")
    assert problem["hint"]


def test_the_refusal_tells_the_owner_what_to_do(opened, assert_problem, site):
    problem = assert_problem(opened(OTHER_PAGE), 403, "origin_not_allowed", [OTHER_PAGE, "Docs"])
    assert f"footnoted sites edit {site.id} --add-origin {OTHER_PAGE}" in problem["hint"]


def test_the_servers_own_page_may_always_use_a_site(opened, web):
    own = str(web.base_url).rstrip("/")
    assert opened(own).status_code == 200
    assert opened(own.replace("http:", "https:")).status_code == 200  # behind a proxy that ends TLS
    assert opened("http://127.0.0.1:1").status_code == 403


@pytest.mark.parametrize("site_id", ["site_nothing00000", "x", "%2e%2e", "a" * 1000])
def test_a_site_that_is_not_there_is_told(opened, assert_problem, site_id):
    assert_problem(opened(site_id=site_id), 404, "not_found")


# Questions


def test_an_answer_is_that_of_the_collection_without_the_servers_paths(asked, date_question, first_sentence):
    answer = asked(date_question).raise_for_status().json()
    citation = answer["citations"][0]
    assert (citation["quote"], citation["uri"]) == (first_sentence, "central-foreign-affairs-work-conference.txt")
    assert citation["url"].startswith(f"/view/{citation['document_id']}?collection=default&start=0")
    assert {hit["uri"] for hit in answer["hits"]} == {"central-foreign-affairs-work-conference.txt"}


def test_a_stream_is_that_of_the_api_without_the_servers_paths(web, asked, events_of, site, token, date_question):
    sent = {"Origin": PAGE, "Authorization": f"Bearer {token}"}
    body = {"question": date_question, "stream": True, "top_k": 2}
    with web.stream("POST", f"/v1/sites/{site.id}/ask", json=body, headers=sent) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["access-control-allow-origin"] == PAGE
        assert "content-encoding" not in response.headers
        events = list(events_of(response))
    names = [name for name, _ in events]
    assert names[0] == "start"
    assert names[-1] == "done"
    assert {"token", "sentence", "citation"} <= set(names)
    assert "file:" not in json.dumps(events)
    done = events[-1][1]
    assert len(done["hits"]) == 2
    plain = asked(date_question, top_k=2).json()
    assert {**plain, "id": 0, "timings_ms": 0} == {**done, "id": 0, "timings_ms": 0}
    stored = web.post("/v1/ask", json={"question": date_question}).json()
    assert stored["citations"][0]["uri"].startswith("file:///")  # and direct calls are as before


def test_a_follow_up_and_the_members_of_a_question(asked, assert_problem, date_question):
    history = [{"role": "user", "content": date_question}]
    assert "Central Foreign Affairs" in asked("And where was it held?", history=history).json()["understood_as"]
    for wrong in (
        {"collection": "other"},
        {"user": "ada"},
        {"top_k": 51},
        {"history": [{"role": "system", "content": "x"}]},
    ):
        assert_problem(asked("Why?", **wrong), 422, "invalid_request")
    assert_problem(asked("x" * 2001), 422, "invalid_request")


@pytest.mark.slow
def test_two_sites_ask_their_own_documents(web, sites, opened, asked, settle, date_question, assert_problem):
    upload = web.post("/v1/documents", files=[("files", ("otter.txt", OTTER))], data={"collection": "otters"})
    settle(web, upload.headers["location"])
    other = sites.add("Otters", "otters", [OTHER_PAGE])
    token = opened(OTHER_PAGE, site_id=other.id).json()["token"]
    answer = asked(OTTER_QUESTION, token, OTHER_PAGE, other.id).json()
    assert (answer["citations"][0]["quote"], answer["citations"][0]["uri"]) == (OTTER, "otter.txt")
    assert "collection=otters" in answer["citations"][0]["url"]
    assert asked(OTTER_QUESTION).json()["status"] == "not_found"
    # The one's token is nothing to the other.
    assert_problem(asked("Why?", token, OTHER_PAGE), 401, "session_expired")
    assert_problem(asked("Why?", token), 401, "session_expired")
    assert_problem(asked("Why?", site_id=other.id), 401, "session_expired")


def test_a_site_of_a_collection_that_is_not_there_says_so(sites, opened, asked, assert_problem):
    lost = sites.add("Lost", "nowhere", [PAGE])
    token = opened(site_id=lost.id).json()["token"]
    assert_problem(asked("Why?", token, site_id=lost.id, stream=True), 404, "not_found", ["nowhere"])


def test_feedback_is_that_of_the_session(web, site, opened, asked, token, date_question):
    answer_id = asked(date_question).json()["id"]
    second = opened().json()["token"]

    def rate(token: str, rating: str | None, **more: object) -> int:
        return web.post(
            f"/v1/sites/{site.id}/feedback",
            json={"answer_id": answer_id, "rating": rating, **more},
            headers={"Origin": PAGE, "Authorization": f"Bearer {token}"},
        ).status_code

    def kept() -> list[tuple]:
        found = web.get("/v1/feedback").json()["feedback"]
        return sorted((f["rating"], f["comment"] or "") for f in found if f["question"]["answer_id"] == answer_id)

    assert [rate(token, "down", reason="wrong", comment="No."), rate(second, "up")] == [204, 204]
    assert kept() == [("down", "No."), ("up", "")]
    renewed = opened(token=token).json()["token"]
    assert rate(renewed, "up") == 204
    assert kept() == [("up", ""), ("up", "")]
    assert rate(second, None) == 204
    assert kept() == [("up", "")]
    assert rate(token, "up", user="ada") == 422
    (asked_by,) = {
        f["question"]["asked_by"]
        for f in web.get("/v1/feedback").json()["feedback"]
        if f["question"]["answer_id"] == answer_id
    }
    assert re.fullmatch("[0-9a-f]{64}", asked_by)


def test_a_site_may_take_no_feedback(web, sites, opened, assert_problem):
    quiet = sites.add("Quiet", "default", [PAGE])
    sites.change(replace(quiet, look=replace(quiet.look, takes_feedback=False)))
    body = opened(site_id=quiet.id).json()
    assert body["site"]["takes_feedback"] is False
    sent = {"Origin": PAGE, "Authorization": f"Bearer {body['token']}"}
    rating = {"answer_id": "ans_0", "rating": "up"}
    response = web.post(f"/v1/sites/{quiet.id}/feedback", json=rating, headers=sent)
    assert_problem(response, 409, "feedback_off")


# Tokens


def test_without_a_good_token_nothing_is_answered(asked, assert_problem, folder, site, tmp_path, token):
    secret = load_secret(folder)
    foreign = SessionTokens(load_secret(tmp_path), 900).issue(site.id, PAGE)
    other_use = URLSafeTimedSerializer(secret, salt="footnoted.operator").dumps([site.id, "ses_x", PAGE])
    for bad in (None, "nonsense", token[:-2], f"{token}x", foreign, other_use, "é" * 20, "x" * 5000):
        response = asked("Why?", bad)
        problem = assert_problem(response, 401, "session_expired")
        assert "/session" in problem["hint"]
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["access-control-allow-origin"] == PAGE


def test_an_expired_token_is_refused_and_renewed(asked, opened, assert_problem, folder, site, monkeypatch):
    with monkeypatch.context() as patch:
        long_ago = time.time() - 1000
        patch.setattr("itsdangerous.timed.time.time", lambda: long_ago)
        old = SessionTokens(load_secret(folder), 900).issue(site.id, PAGE)
        session = session_of(folder, old, site.id)
    assert_problem(asked("Why?", old), 401, "session_expired")
    renewed = opened(token=old).json()["token"]
    assert session_of(folder, renewed, site.id) == session
    assert asked("Why?", renewed).status_code == 200


@pytest.mark.parametrize("origin", [None, OTHER_PAGE, "null", "https://deep.wild.example", "https://["])
def test_a_token_is_good_on_the_page_that_it_was_given_to_only(asked, assert_problem, origin):
    assert_problem(asked("Why?", origin=origin), 403, "origin_not_allowed")


# Changes by the operator


def test_what_the_command_line_changes_is_seen_at_once(folder, sites, opened, asked, assert_problem):
    def command(*arguments: str) -> dict:
        result = CliRunner().invoke(app, ["sites", *arguments, "--data-dir", str(folder), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    made = command("add", "--name", "Changing", "--origin", PAGE)
    token = opened(site_id=made["id"]).json()["token"]
    assert asked("Why?", token, site_id=made["id"]).status_code == 200

    command("edit", "Changing", "--title", "New", "--origin", OTHER_PAGE)
    assert opened(OTHER_PAGE, site_id=made["id"]).json()["site"]["title"] == "New"
    assert_problem(opened(site_id=made["id"]), 403, "origin_not_allowed")
    assert_problem(asked("Why?", token, site_id=made["id"]), 403, "origin_not_allowed")

    command("edit", "Changing", "--add-origin", PAGE)
    assert asked("Why?", token, site_id=made["id"]).status_code == 200

    command("remove", "Changing")
    assert_problem(asked("Why?", token, site_id=made["id"]), 404, "not_found")
    assert_problem(opened(site_id=made["id"]), 404, "not_found")


# What browsers need


@pytest.mark.parametrize("origin", [PAGE, OTHER_PAGE, "null"])
@pytest.mark.parametrize("path", ["session", "ask", "feedback", "documents/x/source", "nothing"])
def test_a_preflight_is_answered_for_every_page(web, site, origin, path):
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    response = web.options(f"/v1/sites/{site.id}/{path}", headers=asks)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == origin
    assert {"authorization", "content-type"} <= set(
        response.headers["access-control-allow-headers"].lower().split(", ")
    )
    assert {"GET", "POST"} <= set(response.headers["access-control-allow-methods"].split(", "))
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


def test_every_answer_can_be_read_by_the_page_errors_too(web, site, opened, asked):
    too_long = web.post(f"/v1/sites/{site.id}/ask", content=b"x" * (1024**2 + 1), headers={"Origin": OTHER_PAGE})
    for response, status, origin in (
        (opened(), 200, PAGE),
        (opened(OTHER_PAGE), 403, OTHER_PAGE),
        (opened("null"), 403, "null"),
        (opened(site_id="x"), 404, PAGE),
        (asked("Why?", None), 401, PAGE),
        (asked("Why?", top_k=0), 422, PAGE),
        (too_long, 413, OTHER_PAGE),
        (web.get(f"/v1/sites/{site.id}/nothing", headers={"Origin": OTHER_PAGE}), 404, OTHER_PAGE),
        (web.get(f"/v1/sites/{site.id}/ask", headers={"Origin": PAGE}), 405, PAGE),
        (opened(Host="evil.example"), 403, PAGE),
    ):
        assert response.status_code == status, response.text
        assert response.headers["access-control-allow-origin"] == origin
        assert "Origin" in response.headers["vary"]
        exposed = response.headers["access-control-expose-headers"].lower()
        assert "retry-after" in exposed
        assert "x-request-id" in exposed
        assert "access-control-allow-credentials" not in response.headers
        assert "set-cookie" not in response.headers


def test_a_page_of_a_site_may_use_nothing_else(web, assert_problem):
    sent = {"Origin": PAGE}
    assert_problem(web.post("/v1/ask", json={"question": "Why?"}, headers=sent), 403, "forbidden")
    assert "access-control-allow-origin" not in web.get("/v1/documents", headers=sent).headers
    for path in ("/v1/sites", "/v1/sites/../documents", "/v1/sites/%2e%2e/documents"):
        response = web.post(path, json={}, headers=sent)
        assert response.status_code in (403, 404), path


def test_strange_origins_break_nothing(web, site, opened, asked):
    for origin in (b"\xff\xfe", b"https://\xe4.example", b"https://a.example\\", b"https://" + b"a." * 3000):
        response = web.post(f"/v1/sites/{site.id}/session", json={}, headers=[(b"Origin", origin)])
        assert response.status_code in (400, 403), origin
    twice = [(b"Origin", PAGE.encode()), (b"Origin", OTHER_PAGE.encode())]
    assert web.post(f"/v1/sites/{site.id}/session", json={}, headers=twice).status_code in (200, 403)
    assert opened().status_code == 200


# Limits


@pytest.fixture
def few(start_server, folder, site):
    """A client of a server that allows little. A visitor is a header X-Forwarded-For, as of a proxy on this machine."""
    with start_server(folder, **FEW) as running, httpx.Client(base_url=running.url, timeout=60) as client:
        yield client


def call(client, site, path, address, token=None, **body):
    sent = {"Origin": PAGE, "X-Forwarded-For": address}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    return client.post(f"/v1/sites/{site.id}/{path}", json=body, headers=sent)


def test_too_many_questions_sessions_and_requests_are_refused_with_the_time_to_wait(few, site, assert_problem):
    def assert_waits(response):
        problem = assert_problem(response, 429, "too_many_requests")
        seconds = int(response.headers["retry-after"])
        assert 1 <= seconds <= 60
        assert f"{seconds} s" in problem["hint"]
        assert problem["retry_after_s"] == seconds
        assert response.headers["access-control-allow-origin"] == PAGE

    def session(address: str) -> str:
        return call(few, site, "session", address).raise_for_status().json()["token"]

    ada, bob = session("192.0.2.1"), session("192.0.2.1")
    question = {"question": "Why?"}
    assert [call(few, site, "ask", "192.0.2.1", ada, **question).status_code for _ in range(2)] == [200, 200]
    assert_waits(call(few, site, "ask", "192.0.2.1", ada, **question))  # the visitor's limit
    assert_waits(call(few, site, "ask", "192.0.2.9", ada, **question))  # elsewhere too
    assert call(few, site, "ask", "192.0.2.1", bob, **question).status_code == 200
    assert_waits(call(few, site, "ask", "192.0.2.1", bob, stream=True, **question))  # the address's limit
    assert call(few, site, "ask", "192.0.2.2", bob, **question).status_code == 200

    session("192.0.2.1"), session("192.0.2.1")
    assert_waits(call(few, site, "session", "192.0.2.1"))
    session("192.0.2.3")

    statuses = [call(few, site, "ask", "198.51.100.7", "nonsense", **question).status_code for _ in range(41)]
    assert statuses == [401] * 40 + [429]
    assert few.get("/healthz").status_code == 200


@pytest.mark.slow
def test_only_a_trusted_proxy_is_believed(start_server, folder, site):
    none = {**FEW, "FOOTNOTED_SERVER__TRUSTED_PROXIES": "[]"}
    with start_server(folder, **none) as running, httpx.Client(base_url=running.url, timeout=60) as client:
        statuses = [call(client, site, "session", f"192.0.2.{i}").status_code for i in range(5)]
    assert statuses == [200] * 4 + [429]


# Failures of the server


def test_strangers_are_not_told_of_the_servers_files(site, assert_problem, in_process, tmp_path):
    with in_process(tmp_path / "data") as client:
        (tmp_path / "data" / "sites.db").write_bytes(b"no database at all, but long enough to be looked at" * 100)
        response = client.post(f"/v1/sites/{site.id}/session", json={}, headers={"Origin": PAGE})
        problem = assert_problem(response, 500, "index_broken")
        assert str(tmp_path) not in response.text
        assert problem["detail"] == "Something went wrong on the server."


def test_a_crash_can_be_read_by_the_page(make_settings, encoder, tmp_path, monkeypatch):
    made = create_app(make_settings(tmp_path / "data"), Engine.open(make_settings(tmp_path / "data"), encoder))
    monkeypatch.setattr(made.state.service.sites, "get", lambda _: 1 / 0)
    with TestClient(made, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        response = client.post("/v1/sites/site_x/session", json={}, headers={"Origin": PAGE})
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert response.headers["access-control-allow-origin"] == PAGE


def test_sessions_at_once_are_all_given(opened):
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(opened().json()["token"])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 20


# The widget's file


def test_the_widget_may_be_loaded_by_every_page_or_says_how_it_is_built(web, assert_problem):
    response = web.get("/widget.js", headers={"Origin": PAGE, "Accept-Encoding": "identity"})
    if response.status_code == 404:
        assert "make widget" in assert_problem(response, 404, "not_found")["hint"]
        return
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.headers["x-content-type-options"] == "nosniff"
    compressed = web.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.content == response.content
    again = web.get("/widget.js", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
    assert web.head("/widget.js").status_code == 200
