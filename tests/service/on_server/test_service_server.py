"""The whole service on a database: two replicas with folders of their own, and the command line of a third machine."""

import json
import os
from contextlib import ExitStack

import pytest
from typer.testing import CliRunner

from index.place import Place
from service.cli import app
from service.settings import ENV_PREFIX

pytestmark = pytest.mark.slow

OTTER = "The otter Ida eats two kilograms of fish a day."
PAGE = "https://www.example.org"


@pytest.fixture
def command(postgres_url, tmp_path, monkeypatch):
    """A command of a third machine: only the database is the same. Gives what it printed as JSON."""
    for name in [key for key in os.environ if key.upper().startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    environment = {"FOOTNOTED_DATABASE__URL": postgres_url, "FOOTNOTED_DATA_DIR": str(tmp_path / "third")}

    def run(*arguments, code=0):
        done = CliRunner().invoke(app, [*map(str, arguments), "--json"], env=environment)
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture
def replicas(in_process, postgres_url, tmp_path):
    """Two."""
    settings = {
        "database": {"url": postgres_url},
        "access": {"anonymous": ["ask", "ingest"]},
        "limits": {"queue_s": 60},
    }
    with ExitStack() as stack:
        yield [stack.enter_context(in_process(tmp_path / name, **settings)) for name in ("one", "two")]


def asked(client, question, **more):
    reply = client.post("/v1/ask", json={"question": question, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_what_is_made_at_one_replica_is_good_at_the_other_at_its_next_request(replicas, settle, command):
    one, two = replicas
    sent = one.post("/v1/documents", files=[("files", ("otter.txt", OTTER))])
    assert sent.status_code == 202, sent.text
    job = settle(two, sent.headers["location"])  # whichever of them has it done
    assert (job["status"], job["counts"]) == ("done", {"added": 1})
    session = one.post("/v1/sessions").json()["id"]
    first = asked(two, "How much does Ida eat?", session_id=session, user="ada")
    assert OTTER in first["answer"]
    assert [turn["answer_id"] for turn in one.get(f"/v1/sessions/{session}").json()["turns"]] == [first["id"]]
    assert one.post("/v1/feedback", json={"answer_id": first["id"], "rating": "up"}).status_code == 204
    original = f"/v1/documents/{first['citations'][0]['document_id']}/original"
    assert [client.get(original).content.decode() for client in replicas] == [OTTER, OTTER]

    key = command("keys", "create", "robot", "--scope", "admin")["secret"]
    as_robot = {"Authorization": f"Bearer {key}"}
    for client in replicas:
        assert client.get("/v1/admin/keys", headers=as_robot).status_code == 200
    command("keys", "revoke", "robot")

    token = one.app.state.service.operator.token
    assert two.app.state.service.operator.token == token
    assert one.post("/v1/admin/session", json={"token": token}).status_code < 300
    two.cookies.update(one.cookies)
    assert two.get("/v1/admin/questions").status_code == 200

    site = command("sites", "add", "--name", "Docs", "--origin", PAGE)["id"]
    visit = one.post(f"/v1/sites/{site}/session", json={"token": None}, headers={"Origin": PAGE})
    assert visit.status_code == 200, visit.text
    said = two.post(
        f"/v1/sites/{site}/ask",
        headers={"Origin": PAGE, "Authorization": f"Bearer {visit.json()['token']}"},
        json={"question": "How much does Ida eat?"},
    )
    assert OTTER in said.text
    acts = [act["act"] for act in command("audit", "list")["acts"]]
    assert {"keys.create", "keys.revoke", "sites.create"} <= set(acts)
    assert command("audit", "verify")["acts"] >= 3


def test_what_is_deleted_at_one_replica_is_found_at_none(replicas, settle):
    one, two = replicas
    sent = two.post("/v1/documents", files=[("files", ("otter.txt", OTTER))])
    settle(one, sent.headers["location"])
    found = one.post("/v1/search", json={"question": "What does Ida eat?"}).json()["hits"]
    assert [hit["text"] for hit in found] == [OTTER]
    assert two.delete(f"/v1/documents/{found[0]['document_id']}").status_code == 204
    assert one.post("/v1/search", json={"question": "What does Ida eat?"}).json()["hits"] == []


def test_commands_work_on_the_database_and_leave_the_folder_alone(command, postgres_url, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "otter.txt").write_text(OTTER)
    assert command("ingest", tmp_path / "docs")["added"] == 1
    assert command("ingest", tmp_path / "docs", "--dry-run")["unchanged"] == 1
    assert [one["name"] for one in command("collections", "list")["collections"]] == ["default"]
    assert OTTER in command("ask", "How much does Ida eat?")["answer"]
    checks = {one["name"]: (one["level"], one["checked"]) for one in command("verify")["checks"]}
    assert checks["originals"] == ("ok", 1)
    assert checks["offsets"] == ("ok", 1)
    assert {level for level, _ in checks.values()} == {"ok"}
    assert command("jobs", "list") == []
    told = command("verify", "--deleted", "x" * 40, code=1)
    assert told["error"]["code"] == "invalid_request"
    third = tmp_path / "third"
    kept = sorted(str(path.relative_to(third)) for path in third.rglob("*") if path.is_file()) if third.exists() else []
    assert [name for name in kept if not name.startswith("originals/")] == []
    assert Place(third, postgres_url).on_server


def test_a_damaged_original_is_found(command, postgres_server, postgres_url, tmp_path):
    (tmp_path / "otter.txt").write_text(OTTER)
    command("ingest", tmp_path / "otter.txt")
    database = postgres_url.rpartition("/")[2]
    postgres_server.run("UPDATE footnoted_catalog.original_pieces SET data = 'other'", database)
    [check] = [one for one in command("verify", "--sample", "0", code=1)["checks"] if one["name"] == "originals"]
    assert (check["level"], check["faulty"]) == ("failed", 1)
    postgres_server.run("DELETE FROM footnoted_catalog.originals", database)
    [check] = [one for one in command("verify", "--sample", "0", code=1)["checks"] if one["name"] == "originals"]
    assert "is not there" in check["message"]
