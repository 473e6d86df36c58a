"""Signing in over HTTP: people with a key at the chat page, operators by name."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from service.access.operators import Operators
from service.access.tables import AccessFile

PASSWORD = "correct horse battery"


@pytest.fixture
def browser_of(keyed):
    """A program that keeps cookies as a browser does."""
    with httpx.Client(base_url=keyed.url, timeout=120) as client:
        yield client


def test_a_key_becomes_a_cookie_that_is_as_good_as_the_key(keyed, browser_of, assert_problem):
    asked = {"question": "What does the otter Ida eat?", "collection": "alpha"}
    assert 'id="sign-in"' in browser_of.get("/").text
    response = browser_of.post("/v1/sign-in", json={"key": f" {keyed.secrets['alpha']}\n"})
    assert response.status_code == 200
    said = response.headers["set-cookie"].lower()
    assert all(part in said for part in ("httponly", "samesite=lax", "path=/"))
    assert keyed.secrets["alpha"].lower() not in said
    assert '<footnoted-chat id="chat"' in browser_of.get("/").text
    assert browser_of.post("/v1/ask", json=asked).json()["status"] == "answered"
    assert_problem(browser_of.post("/v1/ask", json={**asked, "collection": "beta"}), 404, "not_found")
    assert_problem(browser_of.get("/v1/admin/keys"), 403, "forbidden")
    foreign = {"Origin": "https://www.example.org"}
    assert browser_of.post("/v1/ask", json=asked, headers=foreign).status_code in (401, 403)
    assert browser_of.delete("/v1/sign-in").status_code == 204
    assert_problem(browser_of.post("/v1/ask", json=asked), 401, "sign_in_needed")


def test_the_cookie_ends_with_the_secret_that_it_was_given_for(keyed, browser_of):
    with keyed.client("operator") as operator:
        made = operator.post("/v1/admin/keys", json={"name": "Leaked", "scopes": ["ask"]}).json()
        browser_of.post("/v1/sign-in", json={"key": made["secret"]}).raise_for_status()
        assert browser_of.get("/v1/collections").status_code == 200
        operator.post(f"/v1/admin/keys/{made['id']}/rotate", json={}).raise_for_status()
        assert browser_of.get("/v1/collections").status_code == 401
        operator.delete(f"/v1/admin/keys/{made['id']}").raise_for_status()


def test_keys_that_sign_nobody_in(keyed, browser_of, assert_problem):
    assert_problem(browser_of.post("/v1/sign-in", json={"key": keyed.secrets["ingests"]}), 403, "forbidden")
    assert_problem(browser_of.post("/v1/sign-in", json={"key": "fn_wrong"}), 401, "key_invalid")
    assert_problem(browser_of.post("/v1/sign-in", json={}), 422, "invalid_request")
    for forged in ("x", "é", "a.b.c", '"x"'):
        cookie = {"Cookie": f"footnoted_key={forged}".encode("latin-1")}
        assert browser_of.post("/v1/sessions", headers=cookie).status_code == 401
    assert "footnoted_key" not in browser_of.cookies


@pytest.fixture
def served(in_process, tmp_path):
    """A server of the test's own, for one address may try five times only."""
    with in_process(tmp_path / "data") as client:
        yield client


def sign_in(client, **given) -> httpx.Response:
    return client.post("/v1/admin/session", json=given)


def test_an_operator_signs_in_by_name_and_code(served, footnoted, tmp_path, assert_problem):
    folder, file = tmp_path / "data", tmp_path / "password"
    file.write_text(f"{PASSWORD}\nnot this line\n")
    added = footnoted("operators", "add", "Ada", "--password-file", file, data_dir=folder)
    assert added.returncode == 0, added.stderr
    assert PASSWORD not in added.stdout + added.stderr
    assert sign_in(served, name="ada", password=PASSWORD).status_code == 200
    assert served.get("/v1/admin/sites").status_code == 200
    scan = footnoted("operators", "totp", "Ada", "--json", data_dir=folder)
    assert served.get("/v1/admin/sites").status_code == 401  # a new code signs out
    totp = pyotp.TOTP(parse_qs(urlsplit(json.loads(scan.stdout)["otpauth"]).query)["secret"][0])
    wrong = [
        sign_in(served, name="Ada", password=PASSWORD),
        sign_in(served, name="Ada", password="wrong password", code=totp.now()),
        sign_in(served, name="Nobody", password=PASSWORD, code=totp.now()),
    ]
    problems = [assert_problem(response, 401, "sign_in_needed") for response in wrong]
    assert problems[0] == problems[1] == problems[2]
    code = totp.now()
    assert sign_in(served, name="Ada", password=PASSWORD, code=code).status_code == 200
    assert_problem(sign_in(served, name="Ada", password=PASSWORD, code=code), 401, "sign_in_needed")
    listed = footnoted("operators", "list", "--json", data_dir=folder)
    assert [(one["name"], one["totp"]) for one in json.loads(listed.stdout)["operators"]] == [("Ada", True)]
    assert footnoted("operators", "remove", "Ada", data_dir=folder).returncode == 0
    assert served.get("/v1/admin/sites").status_code == 401


def test_a_copied_cookie_ends_with_signing_out_everywhere(served, tmp_path):
    file = AccessFile(tmp_path / "data")
    Operators(file).add("Ada", PASSWORD)
    file.close()
    sign_in(served, name="Ada", password=PASSWORD).raise_for_status()
    copied = {"Cookie": f"footnoted_admin={served.cookies['footnoted_admin']}"}
    served.cookies.clear()
    sign_in(served, name="Ada", password=PASSWORD).raise_for_status()
    assert served.delete("/v1/admin/session?everywhere=true").status_code == 204
    assert served.get("/v1/admin/sites").status_code == 401
    assert served.get("/v1/admin/sites", headers=copied).status_code == 401
    assert 'data-signed-in="false"' in served.get("/admin", headers=copied).text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "Ada"},
        {"password": "x"},
        {"token": "x", "name": "Ada", "password": "x"},
        {"name": "\ud800", "password": "x"},
    ],
)
def test_half_a_sign_in_is_none(served, assert_problem, given):
    content = json.dumps(given)
    response = served.post("/v1/admin/session", content=content, headers={"content-type": "application/json"})
    assert_problem(response, 422, "invalid_request")
