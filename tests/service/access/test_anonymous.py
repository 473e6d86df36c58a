"""What callers without a key may do, and when a server does not start."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from service.access.keys import Keys
from service.access.principal import AccessScope
from service.access.tables import AccessFile

ASKED = {"question": "Where was it held?"}
HTTP = "http://127.0.0.1"


def made_key(folder, *scopes, **more) -> str:
    file = AccessFile(folder)
    _, secret = Keys(file).create("k", scopes or [AccessScope.ASK], **more)
    file.close()
    return secret


def may(client) -> tuple[bool, bool, bool]:
    """Ask, ingest, administer."""
    asked = client.post("/v1/sessions").status_code
    taken = client.post("/v1/collections", json={"name": "mine"}).status_code
    looked = client.get("/v1/admin/sites").status_code
    return asked == 201, taken == 201, looked == 200


@pytest.mark.parametrize(
    ("server", "access", "has_key", "expected"),
    [
        ({}, {}, False, (True, True, False)),
        ({}, {}, True, (False, False, False)),
        ({}, {"anonymous": []}, False, (False, False, False)),
        ({}, {"anonymous": ["ask"]}, True, (True, False, False)),
        ({}, {"anonymous": ["ask", "ingest"]}, True, (True, True, False)),
        ({"host": "0.0.0.0"}, {}, False, (False, False, False)),
        ({"host": "0.0.0.0"}, {"anonymous": ["ask"]}, False, (True, False, False)),
    ],
)
def test_what_callers_without_a_key_may_do(in_process, tmp_path, server, access, has_key, expected):
    if has_key:
        made_key(tmp_path / "data")
    with in_process(tmp_path / "data", server=server, access=access) as client:
        assert may(client) == expected


def test_the_first_key_closes_the_door_and_the_end_of_the_last_does_not_open_it(in_process, tmp_path):
    with in_process(tmp_path / "data") as client:
        assert may(client) == (True, True, False)
        token = client.app.state.service.operator.token
        operator = {"Authorization": f"Bearer {token}"}
        key = client.post("/v1/admin/keys", json={"name": "first", "scopes": ["ask"]}, headers=operator).json()
        assert may(client) == (False, False, False)
        client.delete(f"/v1/admin/keys/{key['id']}", headers=operator).raise_for_status()
        assert may(client) == (False, False, False)


def test_a_key_that_expired_leaves_the_door_closed_until_the_setting_opens_it(in_process, tmp_path):
    file = AccessFile(tmp_path / "data")
    long_ago = datetime.now(UTC) - timedelta(days=2)
    Keys(file, now=lambda: long_ago).create("k", [AccessScope.ASK], expires=timedelta(days=1))
    file.close()
    with in_process(tmp_path / "data") as client:
        assert may(client) == (False, False, False)
    with in_process(tmp_path / "data", access={"anonymous": ["ask", "ingest"]}) as client:
        assert may(client) == (True, True, False)


def test_a_wrong_key_is_not_taken_for_nobody(in_process, tmp_path, assert_problem):
    """Where everybody may ask, too: a revoked key is told that it is revoked, not quietly given less."""
    with in_process(tmp_path / "data") as client:
        for headers in ({"Authorization": "Bearer fn_x"}, {"x-api-key": "fn_x"}):
            assert_problem(client.post("/v1/sessions", headers=headers), 401, "key_invalid")
            assert client.get("/healthz", headers=headers).status_code == 200
        assert client.post("/v1/sessions", headers={"Authorization": "Bearer any"}).status_code == 201


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_that_others_reach_does_not_start_open(footnoted, tmp_path, host):
    ran = footnoted("serve", "--host", host, "--port", "0", data_dir=tmp_path / "data")
    assert ran.returncode == 1
    assert "everybody could read and change all" in ran.stderr
    for way_out in ("footnoted keys create", "access.anonymous", "FOOTNOTED_ACCESS__ANONYMOUS"):
        assert way_out in ran.stderr
    assert ran.stdout == ""
    assert not (tmp_path / "data" / "access.db").exists()


def test_a_revoked_key_is_no_key_to_start_with(footnoted, tmp_path):
    made = footnoted("keys", "create", "k", "--scope", "ask", "--expires", "1m", "--json", data_dir=tmp_path / "data")
    assert made.returncode == 0, made.stderr
    key_id = json.loads(made.stdout)["id"]
    assert footnoted("keys", "revoke", key_id, data_dir=tmp_path / "data").returncode == 0
    ran = footnoted("serve", "--host", "0.0.0.0", "--port", "0", data_dir=tmp_path / "data")
    assert (ran.returncode, "every API key is expired or revoked" in ran.stderr) == (1, True)
    assert "footnoted keys create" in ran.stderr


@pytest.mark.parametrize("published", [False, True])
def test_with_a_key_or_published_it_starts(start_server, tmp_path, published):
    folder = tmp_path / "data"
    more = {"FOOTNOTED_ACCESS__ANONYMOUS": '["ask"]'} if published else {}
    if not published:
        made_key(folder)
    with start_server(folder, "--host", "0.0.0.0", wait_ready=False, **more) as running:
        assert running.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("given", ["ask", '["everything"]', '["admin"]', "{"])
def test_a_setting_that_cannot_be_is_told(footnoted, tmp_path, given):
    ran = footnoted("config", data_dir=tmp_path / "data", FOOTNOTED_ACCESS__ANONYMOUS=given)
    assert ran.returncode == 1
    assert "access.anonymous" in ran.stderr.lower() or "ACCESS__ANONYMOUS" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
def test_links_of_a_site_work_for_its_visitors(in_process, tmp_path, settle, assert_problem):
    """What a site shows to everybody can be viewed by its links; nothing else can."""
    folder = tmp_path / "data"
    secret = made_key(folder, AccessScope.ASK, AccessScope.INGEST)
    with in_process(folder) as client:
        operator = {"Authorization": f"Bearer {client.app.state.service.operator.token}"}
        key = {"Authorization": f"Bearer {secret}"}
        ids = {}
        for collection, label in (("shown", []), ("shown", ["board"]), ("hidden", [])):
            name = f"{collection}{len(label)}.txt"
            files = {"files": (name, f"About {name}.")}
            sent = client.post(
                "/v1/documents", files=files, data={"collection": collection, "label": label}, headers=key
            )
            client.headers.update(key)
            job = settle(client, sent.headers["location"])
            del client.headers["authorization"]
            ids[name] = job["files"][0]["document_id"]
        at = {name: f"/view/{found}?collection={name[:-5]}" for name, found in ids.items()}
        assert_problem(client.get(at["shown0.txt"]), 401, "sign_in_needed")
        origin = "https://www.example.org"
        form = {"name": "Site", "collection": "shown", "origins": [origin]}
        site = client.post("/v1/admin/sites", json=form, headers=operator).json()["id"]
        assert client.get(at["shown0.txt"]).status_code == 200
        assert client.get(at["shown0.txt"].replace("?", "/original?")).status_code == 200
        assert_problem(client.get(at["shown1.txt"]), 404, "not_found")
        assert_problem(client.get(at["hidden0.txt"]), 401, "sign_in_needed")
        assert_problem(client.get(f"/v1/documents/{ids['shown0.txt']}?collection=shown"), 401, "sign_in_needed")
        token = client.post(f"/v1/sites/{site}/session", json={}, headers={"Origin": origin}).json()["token"]
        visitor = {"Origin": origin, "Authorization": f"Bearer {token}"}
        assert client.post(f"/v1/sites/{site}/ask", json=ASKED, headers=visitor).status_code == 200
