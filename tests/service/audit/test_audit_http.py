"""Administrative acts over HTTP: what is kept of them, and that no route is forgotten."""

import json
import subprocess
import threading

import pytest
from starlette.routing import BaseRoute

from service.app import create_app
from service.audit.acts import NAMES, ORDINARY, act_of
from service.audit.log import AuditLog
from service.audit.records import Outcome
from service.telemetry.routes import UNMATCHED

SECRET = "zebrafish marmalade"


@pytest.fixture(scope="module")
def audited(start_server, tmp_path_factory):
    """A server, its folder, and clients of a stranger and of the operator."""
    import httpx

    data_dir = tmp_path_factory.mktemp("audited") / "data"
    with start_server(data_dir, "--demo") as running:
        token = (data_dir / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        with (
            httpx.Client(base_url=running.url, timeout=120) as stranger,
            httpx.Client(base_url=running.url, timeout=120, headers=headers) as operator,
        ):
            yield data_dir, stranger, operator


def acts(data_dir, act=None):
    audit = AuditLog(data_dir)
    try:
        return [kept.act for kept in audit.recent(1000, act=act)]
    finally:
        audit.close()


def routes_of(routes: list[BaseRoute]):
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif hasattr(route, "methods"):
            yield from ((method, route.path) for method in route.methods or ())


def test_every_route_that_changes_something_is_an_act_by_name_or_everybody_s(make_settings, tmp_path):
    app = create_app(make_settings(tmp_path / "data"))
    routes = set(routes_of(app.router.routes))
    unnamed = {route for route in routes if (act_of(*route) or "").startswith(route[0])}
    assert unnamed == set()
    assert {path for _, path in routes} >= ORDINARY
    assert routes >= set(NAMES)


def test_a_route_that_nobody_listed_counts_by_its_address():
    assert act_of("DELETE", "/v1/new/{thing}") == "DELETE /v1/new/{thing}"
    assert act_of("GET", "/v1/new/{thing}") is None
    assert act_of("POST", UNMATCHED) is None


def test_an_act_is_kept_before_its_caller_is_told(audited):
    data_dir, _, operator = audited
    made = operator.post("/v1/collections", json={"name": "kept"}, headers={"X-Request-ID": "audit-1"})
    assert made.status_code == 201
    mine = [act for act in acts(data_dir, "collections.create") if act.request_id == "audit-1"]
    assert [(act.outcome, act.actor, act.network) for act in mine] == [(Outcome.DONE, "operator:token", "127.0.0.0/24")]


def test_the_target_is_what_the_address_names(audited):
    data_dir, _, operator = audited
    operator.post("/v1/collections", json={"name": "going"})
    operator.delete("/v1/collections/going")
    assert acts(data_dir, "collections.delete")[0].target == "going"
    operator.delete("/v1/documents/doc_nothing", params={"collection": "default"})
    failed = acts(data_dir, "documents.delete")[0]
    assert (failed.target, failed.outcome) == ("doc_nothing collection=default", Outcome.FAILED)


def test_an_upload_is_named_by_its_job(audited):
    data_dir, _, operator = audited
    sent = operator.post("/v1/documents", files={"files": (f"{SECRET}.txt", SECRET.encode())})
    assert acts(data_dir, "documents.add")[0].target == sent.headers["location"]


def test_sign_ins_are_kept_whether_they_succeed_or_not(audited):
    data_dir, stranger, _ = audited
    token = (data_dir / "admin.token").read_text().strip()
    stranger.post("/v1/admin/session", json={"token": "wrong"})
    stranger.post("/v1/admin/session", json={"token": token})
    stranger.cookies.clear()
    assert [act.outcome for act in acts(data_dir, "sign_in")[:2]] == [Outcome.DONE, Outcome.REFUSED]


def test_who_may_not_is_kept_as_refused(audited):
    data_dir, stranger, _ = audited
    stranger.delete("/v1/admin/sites/site_x")
    refused = acts(data_dir, "sites.delete")[0]
    assert (refused.outcome, refused.actor, refused.target) == (Outcome.REFUSED, "anonymous", "site_x")


def test_a_wrong_key_is_kept_whatever_it_was_for(audited):
    data_dir, stranger, _ = audited
    answer = stranger.get("/v1/admin/jobs", headers={"Authorization": "Bearer fn_wrong"})
    assert answer.status_code == 401
    assert acts(data_dir, "key.wrong")[0].outcome is Outcome.REFUSED


def test_a_wrong_key_is_kept_also_as_anthropics_clients_send_it(audited):
    data_dir, stranger, _ = audited
    asked = stranger.get("/v1/jobs/job_x", headers={"x-api-key": "fn_wrong", "X-Request-ID": "wrong-x"})
    assert asked.status_code == 401
    kept = acts(data_dir, "key.wrong")[0]
    assert (kept.request_id, kept.outcome) == ("wrong-x", Outcome.REFUSED)


def test_files_that_are_refused_before_they_are_read_are_kept_as_an_act(in_process, tmp_path):
    sent = {"files": {"files": ("a.txt", SECRET.encode())}, "params": {"collection": "default"}}
    with in_process(tmp_path / "data", access={"anonymous": ["ask"]}) as client:
        assert client.post("/v1/documents", **sent).status_code == 401
        assert client.post("/v1/documents", headers={"x-api-key": "fn_wrong"}, **sent).status_code == 401
        assert client.post("/v1/ask", **sent).status_code == 401  # no act
    kept = [(act.act, act.outcome, act.target) for act in acts(tmp_path / "data")]
    assert kept == [("documents.add", Outcome.REFUSED, "collection=default")] * 2


def test_reading_what_people_asked_is_an_act_and_asking_is_none(audited):
    data_dir, stranger, operator = audited
    before = len(acts(data_dir))
    stranger.post("/v1/ask", json={"question": f"Where is the {SECRET}?"}).raise_for_status()
    stranger.post("/v1/search", json={"question": SECRET}).raise_for_status()
    assert len(acts(data_dir)) == before
    operator.get("/v1/admin/questions").raise_for_status()
    assert acts(data_dir)[0].act == "questions.read"


def test_no_contents_are_kept(audited):
    data_dir, *_ = audited
    for file in data_dir.glob("audit.db*"):
        for word in SECRET.split():
            assert word.encode() not in file.read_bytes()


def test_the_start_is_kept_with_the_settings_that_were_changed(audited):
    data_dir, *_ = audited
    (start,) = acts(data_dir, "server.start")
    assert "server.port=0" in start.target
    assert start.actor.startswith("cli:")


@pytest.mark.slow
def test_commands_and_the_server_write_one_chain(audited, command):
    data_dir, _, operator = audited
    operator.post("/v1/collections", json={"name": "by-http"})
    done = subprocess.run(
        [command, "collections", "create", "by-command", "--data-dir", str(data_dir)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    operator.delete("/v1/collections/by-http")
    newest = acts(data_dir)[:3]
    assert [act.act for act in newest] == ["collections.delete", "collections.create", "collections.create"]
    assert newest[1].actor.startswith("cli:")
    verified = subprocess.run([command, "audit", "verify", "--json", "--data-dir", str(data_dir)], capture_output=True)
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["acts"] >= 3


def test_acts_that_come_at_once_make_one_chain(audited):
    data_dir, _, operator = audited

    def create(number):
        operator.post("/v1/collections", json={"name": f"at-once-{number}"}).raise_for_status()

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit = AuditLog(data_dir)
    assert audit.verify(365).broken is None
    audit.close()


def test_strangers_who_knock_without_end_do_not_fill_the_log(in_process, tmp_path):
    with in_process(tmp_path / "data") as client:
        for _ in range(100):
            assert client.delete("/v1/admin/sites/site_x").status_code in (401, 403, 429)
    assert len(acts(tmp_path / "data", "sites.delete")) == 60


def test_an_act_that_cannot_be_kept_is_counted_and_logged(in_process, tmp_path, capsys):
    from prometheus_client import REGISTRY

    before = REGISTRY.get_sample_value("footnoted_acts_lost_total")
    with in_process(tmp_path / "data") as client:
        (tmp_path / "data" / "audit.db").mkdir()
        assert client.post("/v1/collections", json={"name": "lost"}).status_code == 201
    assert REGISTRY.get_sample_value("footnoted_acts_lost_total") == before + 1
