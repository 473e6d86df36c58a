"""The operator's API: who gets in, and what it tells and changes."""

import os
import re
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO

import httpx
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from core.errors import IndexBroken, SignInNeeded, TooManyRequests
from service.commands.serve import announce
from service.operator import Operator, load_token

OPERATOR_PATHS = (
    ("GET", "/v1/admin/jobs"),
    ("GET", "/v1/admin/questions"),
    ("GET", "/v1/admin/keys"),
    ("POST", "/v1/admin/keys"),
    ("DELETE", "/v1/admin/keys/key_x"),
    ("POST", "/v1/admin/keys/key_x/rotate"),
    ("GET", "/v1/admin/sites"),
    ("POST", "/v1/admin/sites"),
    ("GET", "/v1/admin/sites/site_x"),
    ("PUT", "/v1/admin/sites/site_x"),
    ("DELETE", "/v1/admin/sites/site_x"),
    ("GET", "/v1/admin/collections/default/documents"),
    ("GET", "/v1/admin/collections/default/sources"),
    ("POST", "/v1/admin/sync"),
    ("GET", "/admin/preview/site_x"),
)
SITE = {"name": "Handbook", "collection": "default", "origins": ["https://WWW.example.org:443/"]}


@pytest.fixture(scope="session")
def token(server, served_folder) -> str:
    return (served_folder / "admin.token").read_text().strip()


@pytest.fixture(scope="session")
def operator(server, token):
    """A client that carries the token."""
    with httpx.Client(base_url=server, timeout=120, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


@pytest.fixture
def site(operator):
    made = operator.post("/v1/admin/sites", json=SITE)
    assert made.status_code == 201, made.text
    yield made.json()
    operator.delete(f"/v1/admin/sites/{made.json()['id']}")


# The token and the cookie


def test_the_token_is_the_owners_alone_and_stays(server, served_folder, token):
    assert stat.S_IMODE((served_folder / "admin.token").stat().st_mode) == 0o600
    assert load_token(served_folder) == token
    assert len(token) >= 32


def test_processes_that_start_together_read_one_token(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: load_token(tmp_path / "data"), range(32)))
    assert len(tokens) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["admin.token"]


def test_a_token_that_could_be_guessed_is_refused(tmp_path):
    (tmp_path / "admin.token").write_text("secret\n")
    with pytest.raises(IndexBroken, match="fewer than 16"):
        load_token(tmp_path)


def test_a_cookie_is_of_one_key_and_one_token():
    mine = Operator("t" * 32, b"k" * 32)
    cookie = mine.sign_in("t" * 32, "192.0.2.1")
    assert mine.knows(cookie)
    assert "tttt" not in cookie
    assert not Operator("t" * 32, b"other" * 8).knows(cookie)
    assert not Operator("u" * 32, b"k" * 32).knows(cookie)
    assert not any(mine.knows(forged) for forged in ("", "x", cookie[:-1], "é", "x" + cookie, "a.b.c"))
    for wrong in ("", "t" * 31, "T" * 32, "é" * 32):
        with pytest.raises(SignInNeeded):
            mine.sign_in(wrong, "192.0.2.2")


@pytest.mark.parametrize(("method", "path"), OPERATOR_PATHS)
def test_strangers_are_told_to_sign_in(client, assert_problem, method, path):
    for headers in ({}, {"Authorization": "Basic wrong"}, {"Cookie": "footnoted_admin=forged"}):
        problem = assert_problem(client.request(method, path, headers=headers), 401, "sign_in_needed")
        assert "/admin" in problem["hint"]


def test_every_operators_path_is_on_the_list_above(client):
    told = client.get("/openapi.json").json()["paths"]
    mine = {(method.upper(), path) for path, by in told.items() for method in by if path.startswith("/v1/admin/")}
    open_to_all = {("POST", "/v1/admin/session"), ("DELETE", "/v1/admin/session")}
    named = {"site_x": "{site_id}", "key_x": "{key_id}", "/default/": "/{name}/"}
    listed = {(m, re.sub("|".join(named), lambda found: named[found[0]], p)) for m, p in OPERATOR_PATHS}
    assert mine - open_to_all == {pair for pair in listed if pair[1].startswith("/v1/")}


def test_the_token_becomes_a_cookie_that_no_script_reads_and_no_other_site_sends(server, token):
    with httpx.Client(base_url=server) as browser:
        response = browser.post("/v1/admin/session", json={"token": f" {token}\n"})
        assert response.status_code == 200, response.text
        assert response.json() == {"expires_in": 12 * 60 * 60}
        said = response.headers["set-cookie"].lower()
        assert all(part in said for part in ("httponly", "samesite=strict", "max-age=43200", "path=/"))
        assert token.lower() not in said
        assert browser.get("/v1/admin/sites").status_code == 200
        assert 'data-signed-in="true"' in browser.get("/admin").text
        assert browser.delete("/v1/admin/session").status_code == 204
        assert browser.get("/v1/admin/sites").status_code == 401
        assert 'data-signed-in="false"' in browser.get("/admin").text


def test_the_cookie_counts_for_the_servers_own_pages_only(in_process, assert_problem, tmp_path):
    """Also where another origin may call the API: www and answers of one domain are one site to SameSite."""
    friend = "http://www.example.org"
    with in_process(tmp_path / "data", server={"allowed_origins": [friend]}) as client:
        client.post("/v1/admin/session", json={"token": load_token(tmp_path / "data")}).raise_for_status()
        for origin in (friend, "null", "http://127.0.0.1:1"):
            refused = client.post("/v1/admin/sites", json=SITE, headers={"Origin": origin})
            assert refused.status_code in (401, 403)
        assert client.get("/v1/admin/sites").json() == {"sites": []}
        read = client.get("/v1/admin/sites", headers={"Origin": friend})
        assert "access-control-allow-credentials" not in read.headers
        assert client.post("/v1/admin/sites", json=SITE, headers={"Origin": "http://127.0.0.1"}).status_code == 201


def test_wrong_tokens_are_counted_and_then_the_right_one_waits_too(in_process, assert_problem, tmp_path):
    with in_process(tmp_path / "data") as client:
        for _ in range(5):
            assert_problem(client.post("/v1/admin/session", json={"token": "wrong"}), 401, "sign_in_needed")
        for tried in ("wrong", load_token(tmp_path / "data")):
            response = client.post("/v1/admin/session", json={"token": tried})
            assert_problem(response, 429, "too_many_requests")
            assert 0 < int(response.headers["retry-after"]) <= 60


def test_wrong_tokens_of_programs_are_counted_with_those_of_signing_in(in_process, assert_problem, tmp_path):
    with in_process(tmp_path / "data") as client:
        right, wrong = ({"Authorization": f"Bearer {one}"} for one in (load_token(tmp_path / "data"), "wrong"))
        assert client.post("/v1/admin/session", json={"token": "wrong"}).status_code == 401
        for method, path in OPERATOR_PATHS[:3]:
            assert client.request(method, path, headers=right).status_code == 200
            problem = assert_problem(client.request(method, path, headers=wrong), 401, "sign_in_needed")
            assert "/admin" in problem["hint"]
        assert client.get("/admin", headers=wrong).status_code == 200  # the page that asks for the token
        for headers in (wrong, right):
            assert_problem(client.get("/v1/admin/sites", headers=headers), 429, "too_many_requests")
        assert_problem(client.post("/v1/admin/session", json={"token": "wrong"}), 429, "too_many_requests")


def test_wrong_tokens_from_one_network_of_ipv6_are_counted_together():
    operator = Operator("the operator's token", b"k" * 32)
    for i in range(5):
        with pytest.raises(SignInNeeded):
            operator.sign_in("wrong", f"2001:db8::{i}")
    for token in ("wrong", operator.token):
        with pytest.raises(TooManyRequests):
            operator.sign_in(token, "2001:db8::ffff")
    assert operator.knows(operator.sign_in(operator.token, "2001:db8:0:1::1"))


def test_no_other_page_frames_the_operators(in_process, tmp_path):
    with in_process(tmp_path / "data", server={"allowed_origins": ["http://www.example.org"]}) as client:
        policy = client.get("/admin").headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        token = {"Authorization": f"Bearer {load_token(tmp_path / 'data')}"}
        made = client.post("/v1/admin/sites", json={**SITE, "name": "<b>&"}, headers=token).json()
        preview = client.get(f"/admin/preview/{made['id']}", headers=token)
        assert preview.headers["content-security-policy"].endswith("frame-ancestors 'self'")
        assert f'data-site="{made["id"]}"' in preview.text
        assert "<b>" not in preview.text


def test_what_serve_prints_into_a_log_holds_no_token_and_says_how_to_get_it(start_server, tmp_path, footnoted):
    with start_server(tmp_path / "data", wait_ready=False) as running:
        told = running.process.stdout.readline()
    assert f"{running.url}/admin " in told and "footnoted operators token" in told
    token = load_token(tmp_path / "data")
    assert token not in told
    assert footnoted("operators", "token", data_dir=tmp_path / "data").stdout == f"{token}\n"


def test_serve_prints_the_operators_link_on_a_terminal(make_settings, tmp_path, monkeypatch):
    settings = make_settings(tmp_path / "data")
    shown, terminal = os.openpty()
    with os.fdopen(shown, "rb", buffering=0) as screen, os.fdopen(terminal, "w") as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        announce(settings, "http://127.0.0.1:8000", None)
        print("end", file=stdout, flush=True)  # one read of a terminal may give a part of what was written
        shown_text = b"".join(iter(screen.readline, b"end\r\n")).decode()
        assert f"http://127.0.0.1:8000/admin#token={load_token(settings.place)}" in shown_text


# Documents and where they came from


def test_documents_are_found_ordered_and_described(operator, upload, make_pdf_with_pictures):
    upload(
        "shelf", {"otter.txt": "The otter Ida eats fish. " * 200, "100%.txt": "A hundred per cent.", "Bär.txt": "Bär."}
    )
    upload("shelf", {"scan.pdf": make_pdf_with_pictures(text_pages=1, pages=9)})

    def listed(**query):
        answer = operator.get("/v1/admin/collections/shelf/documents", params=query).raise_for_status().json()
        return [one["uri"].removeprefix("upload:") for one in answer["documents"]], answer

    assert set(listed()[0]) == {"otter.txt", "100%.txt", "Bär.txt", "scan.pdf"}
    assert listed(search="OTTER")[0] == ["otter.txt"]
    assert listed(search="%")[0] == ["100%.txt"]
    assert listed(search="otter nothing") == ([], {"documents": [], "total": 0})
    names, answer = listed(order="newest", limit=1)
    assert (names, answer["total"]) == (["scan.pdf"], 4)
    assert listed(order="fewest_passages")[0][-1] == "otter.txt"
    scan = answer["documents"][0]
    assert (scan["pages"], scan["pages_without_text"], scan["thin"], scan["state"]) == (9, 8, True, "in_use")
    assert "pages 2, 3" in scan["notes"][0]


def test_an_upload_that_failed_is_told_at_the_document_that_still_answers(operator, upload):
    upload("rules-versions", {"rules.txt": "Rule one: be kind to otters."})
    upload("rules-versions", {"rules.txt": b""})
    [told] = operator.get("/v1/admin/collections/rules-versions/documents").json()["documents"]
    assert (told["state"], told["error"]["code"]) == ("outdated", "document_empty")
    upload("rules-versions", {"rules.txt": "Rule two: be kind to beavers."})
    [told] = operator.get("/v1/admin/collections/rules-versions/documents").json()["documents"]
    assert (told["state"], told["error"]) == ("in_use", None)


def test_sources_tell_folders_with_their_command(operator, upload, footnoted, served_folder, tmp_path):
    folder = tmp_path / "of the house"
    (folder / "rules").mkdir(parents=True)
    (folder / "one.txt").write_text("The house has seven rooms.")
    (folder / "rules" / "two.txt").write_text("Nobody whistles in the house.")
    upload("places", {"three.txt": "The garden has three trees."})
    assert footnoted("ingest", folder, "-c", "places", data_dir=served_folder).returncode == 0
    uploads, house = operator.get("/v1/admin/collections/places/sources").json()["sources"]
    assert (uploads["kind"], uploads["documents"], uploads["command"]) == ("uploads", 1, None)
    assert (house["kind"], house["place"], house["documents"], house["is_there"]) == ("folder", str(folder), 2, True)
    assert house["command"] == f"footnoted ingest '{folder}' --collection places --data-dir {served_folder}"
    folder.rename(tmp_path / "elsewhere")
    assert operator.get("/v1/admin/collections/places/sources").json()["sources"][1]["is_there"] is False


def test_the_source_of_a_single_file_is_the_file(operator, footnoted, served_folder, tmp_path):
    for name in ("asked for.txt", "private.txt"):
        (tmp_path / name).write_text("The cellar is dry.")
    only = tmp_path / "asked for.txt"
    assert footnoted("ingest", only, "-c", "single", data_dir=served_folder).returncode == 0
    [source] = operator.get("/v1/admin/collections/single/sources").json()["sources"]
    assert source["command"] == f"footnoted ingest '{only}' --collection single --data-dir {served_folder}"


# Jobs


def test_jobs_are_listed_newest_first_and_told_while_they_run(operator, client, events_of, served_folder):
    def send(name):
        parts = [("files", (name, f"{name} holds words. " * 50)), ("files", ("empty.txt", b""))]
        return client.post("/v1/documents", files=parts, data={"collection": "queue"}).json()["id"]

    told = []
    with closing(sqlite3.connect(served_folder / "catalog.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nothing can be taken in before somebody follows
        first, second = send("a.txt"), send("b.txt")
        with client.stream("GET", f"/v1/jobs/{second}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for name, data in events_of(stream):
                if not told:
                    other.execute("ROLLBACK")
                told += [data] if name == "job" else []
    assert len(told) > 1
    assert [file["status"] for file in told[-1]["files"]] == ["added", "failed"]
    assert told[-1]["status"] == "partial"
    assert all(job["status"] in ("queued", "running") for job in told[:-1])
    jobs = operator.get("/v1/admin/jobs", params={"collection": "queue"}).json()["jobs"]
    assert [job["id"] for job in jobs] == [second, first]
    assert jobs[0]["files"][1]["error"]["hint"]


def test_events_of_an_unknown_job_are_a_plain_404(client, assert_problem):
    assert_problem(client.get("/v1/jobs/job_x/events"), 404, "not_found")


# Questions


def test_questions_are_told_with_their_feedback_and_sources(operator, client, ask, date_question, off_topic_question):
    found, not_found = ask(date_question), ask(off_topic_question)
    down = {"answer_id": found["id"], "rating": "down", "reason": "incomplete", "comment": "And the place?"}
    client.post("/v1/feedback", json=down).raise_for_status()

    def ids(**query):
        answer = operator.get("/v1/admin/questions", params={"limit": 200, **query}).json()
        return {one["answer_id"]: one for one in answer["questions"]}

    assert {found["id"], not_found["id"]} <= ids().keys()
    assert found["id"] not in ids(only="not_found")
    assert not_found["id"] in ids(only="not_found")
    told = ids(only="down")[found["id"]]
    assert not_found["id"] not in ids(only="down")
    assert [(one["rating"], one["comment"]) for one in told["feedback"]] == [("down", "And the place?")]
    assert told["citations"][0]["url"].startswith(f"/view/{told['citations'][0]['document_id']}")
    page = operator.get("/v1/admin/questions", params={"limit": 1}).json()
    assert (len(page["questions"]), page["more"], page["keep_days"]) == (1, True, 30)


def test_a_server_that_keeps_no_questions_says_so(in_process, tmp_path):
    with in_process(tmp_path / "data", questions={"keep_days": 0}) as client:
        token = {"Authorization": f"Bearer {load_token(tmp_path / 'data')}"}
        answer = client.get("/v1/admin/questions", headers=token).json()
    assert answer == {"questions": [], "keep_days": 0, "more": False}


# Sites


def test_a_site_is_made_changed_and_forgotten(operator, client, site, assert_problem):
    assert site["id"].startswith("site_")
    assert site["origins"] == ["https://www.example.org"]
    look = {"title": "Ask us", "suggestions": ["What is new?"], "accent": "#0B57D0", "position": "left"}
    changed = operator.put(f"/v1/admin/sites/{site['id']}", json={**SITE, "origins": [], "look": look}).json()
    assert (changed["id"], changed["origins"], changed["look"]["accent"]) == (site["id"], [], "#0b57d0")
    assert operator.get(f"/v1/admin/sites/{site['id']}").json() == changed
    assert changed in operator.get("/v1/admin/sites").json()["sites"]
    page = {"Origin": "https://www.example.org"}
    session = client.post(f"/v1/sites/{site['id']}/session", json={"token": None}, headers=page)
    assert_problem(session, 403, "origin_not_allowed")
    operator.put(f"/v1/admin/sites/{site['id']}", json={**SITE, "look": look})
    session = client.post(f"/v1/sites/{site['id']}/session", json={"token": None}, headers=page).json()
    assert (session["site"]["title"], session["site"]["position"]) == ("Ask us", "left")
    assert operator.delete(f"/v1/admin/sites/{site['id']}").status_code == 204
    assert_problem(operator.get(f"/v1/admin/sites/{site['id']}"), 404, "not_found")
    assert_problem(operator.put(f"/v1/admin/sites/{site['id']}", json=SITE), 404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"origins": ["*"]},
        {"origins": ["example.org"]},
        {"look": {"accent": "red"}},
        {"secret": 1},
        {"look": {"colour": "red"}},
    ],
)
def test_a_site_that_cannot_be_is_refused_with_a_reason(operator, assert_problem, wrong):
    problem = assert_problem(
        operator.post("/v1/admin/sites", json={**SITE, "name": "Wrong", **wrong}), 422, "invalid_request"
    )
    assert problem["detail"]


def test_two_sites_of_one_name_are_refused(operator, site, assert_problem):
    assert_problem(operator.post("/v1/admin/sites", json=SITE), 409, "conflict")


@pytest.fixture
def make_pdf_with_pictures():
    """The bytes of a PDF whose first pages hold text, the others a grey picture without words."""

    def make(text_pages: int, pages: int) -> bytes:
        target = BytesIO()
        canvas = Canvas(target)
        for number in range(pages):
            if number < text_pages:
                canvas.drawString(72, 700, "The machine must be cleaned every two days by two people.")
            else:
                canvas.drawInlineImage(Image.new("L", (40, 40), 60), 100, 100, 200, 200)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    return make
