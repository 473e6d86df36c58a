"""Signing in to the operator's pages by OpenID Connect, with a real issuer beside the server."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from oidc_issuer import CLIENT_ID, CLIENT_SECRET, issuing

from core.errors import RemoteError, TooManyRequests
from service.access.oidc import Oidc
from service.access.oidc_client import OidcClient

BASE = "http://127.0.0.1"


@pytest.fixture
def issuer():
    with issuing() as started:
        yield started


@pytest.fixture
def client(in_process, issuer, tmp_path):
    secret = tmp_path / "client-secret"
    secret.write_text(f"{CLIENT_SECRET}\n")
    access = {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret_file": secret,
        "oidc_emails": ["Ada@example.org"],
        "oidc_groups": ["answers-admins"],
    }
    with in_process(tmp_path / "data", access=access) as started:
        started.follow_redirects = False
        yield started


def go_to_issuer(client) -> str:
    """The address that the browser comes back with."""
    sent = client.get("/admin/oidc")
    assert sent.status_code == 303, sent.text
    back = httpx.get(sent.headers["location"])
    assert back.status_code == 303, back.text
    assert back.headers["location"].startswith(f"{BASE}/admin/oidc/callback?")
    return back.headers["location"]


def told(response: httpx.Response) -> str:
    """Why nobody was signed in: the page leads back to /admin with the reason."""
    assert response.status_code == 401
    assert "footnoted_admin=" not in response.headers.get("set-cookie", "")
    found = re.search(r'url=(/admin#[^"]+)"', response.text)
    return parse_qs(urlsplit(found[1]).fragment)["error"][0]


def test_an_operator_signs_in_and_out(client):
    back = go_to_issuer(client)
    signed_in = client.get(back)
    assert signed_in.status_code == 200
    assert 'url=/admin"' in signed_in.text
    assert "samesite=strict" in signed_in.headers["set-cookie"].lower()
    assert client.get("/v1/admin/sites").status_code == 200
    assert 'data-signed-in="true"' in client.get("/admin").text
    assert "cannot" not in told(client.get(back))  # a code is good once, and so is what was begun
    assert client.delete("/v1/admin/session").status_code == 204
    assert client.get("/v1/admin/sites").status_code == 401


def test_members_of_a_group_sign_in_and_others_do_not(client, issuer):
    issuer.claims = {"groups": ["staff", "answers-admins"]}
    assert client.get(go_to_issuer(client)).status_code == 200
    for claims in (
        {"groups": ["staff"]},
        {"groups": "answers-admins"},
        {"email": "eve@example.org", "email_verified": True},
        {"email": "ada@example.org", "email_verified": False},
        {"email": "ada@example.org"},
        {"email": "ada@example.org", "email_verified": "true"},
        {},
    ):
        issuer.claims = claims
        assert "no operator here" in told(client.get(go_to_issuer(client)))


@pytest.mark.parametrize(
    "says",
    [
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "other"], "azp": "other"},
        {"iss": "http://127.0.0.1:1"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
        {"exp": None},
        {"iat": 99_999_999_999},
    ],
)
def test_what_was_not_said_for_this_sign_in_lets_nobody_in(client, issuer, says):
    issuer.says = says
    assert told(client.get(go_to_issuer(client))) != ""
    assert client.get("/v1/admin/sites").status_code == 401


def test_a_token_that_the_issuer_did_not_sign_lets_nobody_in(client, issuer):
    issuer.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert "cannot be trusted" in told(client.get(go_to_issuer(client)))
    issuer.forges = True
    assert "cannot be trusted" in told(client.get(go_to_issuer(client)))


def test_a_sign_in_of_another_browser_or_with_another_state_is_none(client):
    back = go_to_issuer(client)
    stolen = parse_qs(urlsplit(back).query)["code"][0]
    for query in (
        {"code": stolen, "state": "x"},
        {"code": stolen, "state": "é"},
        {"code": stolen},
        {"error": "denied"},
    ):
        cookies = dict(client.cookies)
        assert "not begun" in told(client.get("/admin/oidc/callback", params=query))
        client.cookies.update(cookies)
    client.cookies.clear()
    assert "not begun" in told(client.get(back))
    client.cookies.set("footnoted_oidc", "forged.x.y", path="/admin/oidc")
    assert "not begun" in told(client.get(back))


def test_an_issuer_that_calls_itself_otherwise_is_another(client, issuer, assert_problem):
    issuer.says = {"issuer": "https://accounts.example.org"}
    sent = client.get("/admin/oidc")
    assert (sent.status_code, "does+not+describe+itself" in sent.text) == (502, True)


def test_the_issuer_is_asked_for_its_addresses_once_a_minute(client, issuer):
    assert client.get("/admin/oidc").status_code == 303
    issuer.says = {"issuer": "https://accounts.example.org"}
    assert client.get("/admin/oidc").status_code == 303
    oidc = client.app.state.service.oidc
    oidc._clock = lambda: time.monotonic() + 61
    assert client.get("/admin/oidc").status_code == 502


def test_who_begins_again_and_again_is_told_to_wait(client):
    told = [client.get("/admin/oidc") for _ in range(21)]
    assert [one.status_code for one in told] == [303] * 20 + [429]
    assert int(told[-1].headers["retry-after"]) > 0
    assert client.get("/admin/oidc/callback", params={"code": "x", "state": "y"}).status_code == 401  # nothing begun


def test_few_wait_for_an_issuer_that_does_not_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        oidc = Oidc(OidcClient(url, CLIENT_ID, tmp_path / "secret", [], [], "groups"))
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(oidc.begin, f"{BASE}/back", f"192.0.2.{number}") for number in range(4)]
            connections = [silent.accept()[0] for _ in waiting]
            with pytest.raises(TooManyRequests, match="at once"):
                oidc.begin(f"{BASE}/back", "192.0.2.9")
            for connection in connections:
                connection.close()
            assert all(isinstance(one.exception(), RemoteError) for one in waiting)
        assert oidc._asking.acquire(blocking=False)  # their places are free again


def test_without_an_issuer_there_is_nothing_to_sign_in_by(in_process, tmp_path, assert_problem):
    with in_process(tmp_path / "data") as client:
        for path in ("/admin/oidc", "/admin/oidc/callback?code=x&state=y"):
            assert client.get(path, follow_redirects=False).status_code in (401, 404)
        assert 'data-has-oidc="false"' in client.get("/admin").text
