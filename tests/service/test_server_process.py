"""The server as a process: its start, its sudden end, and other processes beside it."""

import json
import socket

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

pytestmark = pytest.mark.slow

OTTER = "The otter Ida eats two kilograms of fish a day. Her home is the river Ilm."
QUESTION = "How much fish does the otter Ida eat a day?"
QUOTE = "The otter Ida eats two kilograms of fish a day."


def test_a_port_in_use_is_told_before_anything_slow(footnoted, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = footnoted("serve", "--port", port, data_dir=tmp_path / "data")
    assert result.returncode == 1
    assert f"port {port}" in result.stderr
    assert "in use" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data").exists()


def test_an_upload_outlives_a_kill_right_after_it_was_accepted(start_server, tmp_path, settle):
    folder = tmp_path / "data"
    with start_server(folder, wait_ready=False) as first:
        response = httpx.post(
            f"{first.url}/v1/documents",
            files=[("files", ("otter.txt", OTTER)), ("files", ("empty.txt", b""))],
            timeout=60,
        )
        first.kill()
    assert response.status_code == 202
    with start_server(folder) as second, httpx.Client(base_url=second.url, timeout=60) as client:
        job = settle(client, response.headers["location"])
        assert [file["status"] for file in job["files"]] == ["added", "failed"]
        answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        assert answer["citations"][0]["quote"] == QUOTE
        assert not any((folder / "uploads").iterdir())


def test_what_another_process_ingests_and_removes_shows_without_a_restart(
    client, ask, assert_problem, footnoted, served_folder, tmp_path
):
    file = tmp_path / "otter.txt"
    file.write_text(OTTER, encoding="utf-8")
    asked = {"question": QUESTION, "collection": "beside"}
    assert_problem(client.post("/v1/ask", json=asked), 404, "not_found")

    ingested = footnoted("ingest", file, "--collection", "beside", data_dir=served_folder)
    assert ingested.returncode == 0, ingested.stderr
    assert ask(**asked)["citations"][0]["quote"] == QUOTE

    removed = footnoted("remove", file, "--collection", "beside", data_dir=served_folder)
    assert removed.returncode == 0, removed.stderr
    after = ask(**asked)
    assert (after["status"], after["hits"]) == ("not_found", [])


def test_the_demo_offers_questions_of_its_sample(client):
    [chat] = LexborHTMLParser(client.get("/").text).css("footnoted-chat")
    suggestions = json.loads(chat.attributes["suggestions"])
    assert len(suggestions) == 3
    assert "When was the Central Foreign Affairs Work Conference held?" in suggestions
