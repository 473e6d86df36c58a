"""Attacks on what the server can reach: its network (SSRF), its files (traversal), its own names."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

PRIVATE = (
    "http://127.0.0.1:{port}/a",
    "http://localhost:{port}/a",
    "http://[::1]:{port}/a",
    "http://0.0.0.0:{port}/a",
    "http://2130706433:{port}/a",
    "http://0x7f000001:{port}/a",
    "http://127.1:{port}/a",
    "http://[::ffff:127.0.0.1]:{port}/a",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost.:{port}/a",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_the_inner_network_is_read_even_for_the_operator(target, canary, address):
    sent = target.operator.post("/v1/documents", json={"url": address.format(port=canary.port), "collection": "ssrf"})
    if sent.status_code == 202:
        assert target.settled(sent.headers["location"])["status"] == "failed"
    else:
        assert 400 <= sent.status_code < 500
    assert canary.seen == []


@pytest.mark.parametrize("given", [{"url": "http://example.org/"}, {"path": "/etc/passwd"}])
def test_who_is_no_operator_names_no_place_to_read(target, problem, given):
    refused = target.client.post("/v1/documents", json={**given, "collection": "ssrf"})
    assert refused.status_code in (401, 403)
    problem(refused)


@pytest.mark.parametrize(
    "scheme", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1/"]
)
def test_other_schemes_are_refused(target, scheme):
    sent = target.operator.post("/v1/documents", json={"url": scheme, "collection": "ssrf"})
    if sent.status_code == 202:
        assert target.settled(sent.headers["location"])["status"] == "failed"
    else:
        assert 400 <= sent.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/....//app.py",
        "/static/%00",
        "/static-offline-docs/..%2f..%2fmain.py",
        "/v1/documents/..%2f..%2fadmin.token/original",
        "/v1/documents/%2e%2e%2fsecret.key/text",
        "/view/..%2f..%2fsecret.key",
        "/v1/jobs/..%2f..%2fjobs.db",
        "/v1/collections/..%2f..%2fdata/export",
    ],
)
def test_no_path_leads_out_of_where_it_belongs(target, path):
    head = target.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert head.split(b" ")[1][:1] == b"4", head


@pytest.mark.parametrize("name", ["../evil", "..", "a/b", "/etc", "a\\b", "a\x00b", "x" * 300, ".hidden/.."])
def test_a_collection_s_name_is_never_a_path(target, problem, name):
    problem(target.client.post("/v1/collections", json={"name": name}))


def evil_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in ("../../slipped.txt", "/tmp/slipped.txt", "..\\..\\slipped.txt", "a/../../../slipped.txt"):
            made.writestr(name, f"The slip of {name!r} goes past the folder of the harbour office.")
    return file.getvalue()


def evil_tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as made:
        text = b"The slip of the tar goes past the folder of the harbour office."
        entry = tarfile.TarInfo("../../slipped.txt")
        entry.size = len(text)
        made.addfile(entry, io.BytesIO(text))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
        hard = tarfile.TarInfo("hard.txt")
        hard.type, hard.linkname = tarfile.LNKTYPE, "../../../../etc/passwd"
        made.addfile(hard)
    return file.getvalue()


@pytest.mark.parametrize(("name", "data"), [("slip.zip", evil_zip()), ("slip.tar.gz", evil_tar())], ids=["zip", "tar"])
def test_an_archive_writes_nowhere_and_reads_no_file_of_the_server(target, name, data):
    target.upload("slips", {name: data})
    found = target.documents("slips")
    assert found
    assert all(".." not in document["uri"] and "passwd" not in document["uri"] for document in found)
    assert list(target.data_dir.parent.rglob("*slipped*")) == []
    assert not Path("/tmp/slipped.txt").exists()


def test_another_host_name_is_refused(target, problem):
    assert problem(target.client.get("/v1/collections", headers={"Host": "evil.example"}))["code"] == "forbidden"


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_headers_that_proxies_set_name_nothing(target, header):
    """Nor in the absolute addresses that answers of the dialects hold."""
    question = "When was the Central Foreign Affairs Work Conference held?"
    asked = {"model": "footnoted", "messages": [{"role": "user", "content": question}]}
    page = target.client.get("/", headers={header: "evil.example"})
    answer = target.client.post("/v1/chat/completions", json=asked, headers={header: "evil.example"})
    assert f'"{target.url}/view/' in answer.text
    for one in (page, answer):
        assert one.status_code == 200
        assert "evil.example" not in one.text + str(one.headers)
