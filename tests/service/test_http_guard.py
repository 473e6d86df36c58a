"""Who may call the server, and what every response carries."""

import re

import pytest


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://[", "file://"])
def test_a_page_of_another_origin_may_not_write(client, assert_problem, origin):
    for response in (
        client.post("/v1/ask", json={"question": "Why?"}, headers={"Origin": origin}),
        client.post("/v1/documents", files=[("files", ("a.txt", b"x"))], headers={"Origin": origin}),
        client.delete("/v1/collections/default", headers={"Origin": origin}),
    ):
        assert_problem(response, 403, "forbidden", [origin])
    assert client.get("/v1/documents").json()["total"] == 1


def test_the_servers_own_pages_may_write(client, server, date_question):
    response = client.post("/v1/ask", json={"question": date_question}, headers={"Origin": server})
    assert response.json()["status"] == "answered"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[", "192.0.2.1"])
@pytest.mark.parametrize("path", ["/", "/v1/documents", "/healthz", "/static/base.css"])
def test_on_a_loopback_address_another_name_is_refused(client, assert_problem, path, host):
    problem = assert_problem(
        client.get(path, headers={"Host": host}), 403, "forbidden", ["does not answer to the name"]
    )
    assert "server.allowed_hosts" in problem["hint"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_on_a_loopback_address_every_loopback_name_is_answered(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_callers_request_id_comes_back(client):
    assert client.get("/healthz", headers={"X-Request-ID": "mine-42"}).headers["x-request-id"] == "mine-42"
    assert client.get("/nothing", headers={"X-Request-ID": "mine-43"}).headers["x-request-id"] == "mine-43"


@pytest.mark.parametrize("given", [None, "", "x" * 65, b"\xe9"])
def test_without_a_usable_request_id_a_new_one_is_made(client, given):
    headers = {} if given is None else {"X-Request-ID": given}
    ids = [client.get("/healthz", headers=headers).headers["x-request-id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)
    assert ids[0] != ids[1]


def test_pages_may_load_only_what_is_the_servers_own(client, ask, date_question):
    for path in ("/", ask(date_question)["citations"][0]["url"]):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        addresses = re.findall(r"""(?:src|href)=["']([^"'#]+)""", response.text)
        assert addresses
        assert all(address.startswith("/") and not address.startswith("//") for address in addresses)


@pytest.mark.parametrize("path", ["/v1/documents", "/nothing", "/static/base.css"])
def test_every_response_forbids_guessing_its_type(client, path):
    assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_the_api_page_needs_no_network(client):
    page = client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert any(address.endswith(".js") for address in addresses)
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_the_api_description_lists_every_address_of_the_contract(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {
        "/v1/ask",
        "/v1/search",
        "/v1/documents",
        "/v1/documents/{document_id}",
        "/v1/documents/{document_id}/text",
        "/v1/documents/{document_id}/original",
        "/v1/collections",
        "/v1/collections/{name}",
        "/v1/jobs/{job_id}",
        "/healthz",
        "/readyz",
    } <= paths.keys()


def test_scripts_and_styles_are_checked_for_changes_each_time(client):
    response = client.get("/static/chat/main.js")
    assert response.headers["cache-control"] == "no-cache"
    again = client.get("/static/chat/main.js", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py"])
def test_no_file_outside_the_static_folder_is_served(client, path):
    assert client.get(path).status_code == 404


def test_readiness_tells_strangers_nothing_of_what_there_is(client):
    assert client.get("/readyz").json() == {"status": "ready"}
