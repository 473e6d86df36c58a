"""A server whose place is moved away while it runs: it answers before, meanwhile and after, and takes nothing more."""

import httpx
import pytest

from service.settings import Settings
from service.sites.store import Sites

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path, start_server):
    folder = tmp_path / "data"
    with start_server(folder, "--demo", FOOTNOTED_LIMITS__QUEUE_S="60") as running:
        yield folder, running.url


def ask(url: str) -> dict:
    reply = httpx.post(f"{url}/v1/ask", json={"question": "Where was the conference held?"}, timeout=120)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_server_answers_on_and_says_where_its_place_went(served, footnoted, tmp_path):
    folder, url = served
    before = ask(url)
    assert before["status"] == "answered"
    site = Sites(folder)
    site.add("Docs", "default", ["https://www.example.org"])
    site.close()
    new = tmp_path / "new"
    moved = footnoted("migrate", "--to", new, "--switch", data_dir=folder)
    assert moved.returncode == 0, moved.stderr
    after = ask(url)
    assert (after["answer"], after["citations"]) == (before["answer"], before["citations"])
    refused = httpx.post(
        f"{url}/v1/documents",
        files={"files": ("a.txt", b"A new document.")},
        data={"collection": "default"},
        timeout=60,
    )
    assert refused.status_code == 503, refused.text
    assert "it was moved to" in refused.json()["detail"]
    settings = Settings(data_dir=new)
    sites = Sites(settings.place)
    assert [one.name for one in sites.all()] == ["Docs"]
    sites.close()
    there = footnoted("ask", "Where was the conference held?", "--json", data_dir=new)
    assert there.returncode == 0, there.stderr
    assert before["citations"][0]["quote"] in there.stdout
