"""What the tests of the service share: a client, uploads that are waited for, events of a stream, a browser."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from index.place import Place
from service.app import create_app
from service.engine import Engine
from tests.engines.postgres_server import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

DATE_QUESTION = "When was the Central Foreign Affairs Work Conference held?"
OFF_TOPIC_QUESTION = "How do I reset my router password?"
_JOB_LIMIT_S = 180
_CHROMIUM = Path("/usr/bin/chromium")
_PAGE_TIMEOUT_MS = 60_000

Files = Mapping[str, str | bytes]


@pytest.fixture
def engine(tmp_path, encoder, make_settings) -> Iterator[Engine]:
    """With a data folder of its own, empty at first."""
    with Engine.open(make_settings(tmp_path / "data"), encoder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three documents, each on a meeting in another place."""
    made = tmp_path / "documents"
    made.mkdir()
    for topic, place in {"harvest": "Lima", "budget": "Oslo", "fishing": "Porto"}.items():
        (made / f"{topic}.txt").write_text(f"The {topic} meeting was held in {place} on the first day of spring.\n")
    return made


@pytest.fixture(params=["folder", "server"])
def state_place(request, tmp_path) -> Place:
    """Where a store keeps its state: what it promises holds in a data folder and in a database of all replicas."""
    on_server = request.param == "server"
    return Place(tmp_path / "data", request.getfixturevalue("postgres_url") if on_server else None)


@pytest.fixture(scope="session")
def date_question() -> str:
    """Answered by the first sentence of the sample."""
    return DATE_QUESTION


@pytest.fixture(scope="session")
def off_topic_question() -> str:
    """Answered by nothing in the sample."""
    return OFF_TOPIC_QUESTION


@pytest.fixture(scope="session")
def first_sentence(sample_document) -> str:
    """The first sentence of the sample, which tells where and when the conference was held."""
    text = sample_document.read_text(encoding="utf-8")
    return text[: text.index(" The meeting was also attended")]


@pytest.fixture(scope="session")
def client(server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=120) as opened:
        yield opened


@pytest.fixture(scope="session")
def settle() -> Callable[[httpx.Client, str], dict[str, Any]]:
    """Waits until a job is done, partial or failed."""

    def wait(client: httpx.Client, location: str) -> dict[str, Any]:
        deadline = time.monotonic() + _JOB_LIMIT_S
        while time.monotonic() < deadline:
            job = client.get(location).raise_for_status().json()
            if job["status"] not in ("queued", "running"):
                return job
            time.sleep(0.05)
        pytest.fail(f"The job did not come to an end: {job}")

    return wait


@pytest.fixture(scope="session")
def upload(client, settle) -> Callable[[str, Files], dict[str, Any]]:
    """Sends files, by name, into a collection and gives the finished job."""

    def send(collection: str, files: Files) -> dict[str, Any]:
        parts = [("files", (name, content)) for name, content in files.items()]
        response = client.post("/v1/documents", files=parts, data={"collection": collection})
        assert response.status_code == 202, response.text
        return settle(client, response.headers["location"])

    return send


@pytest.fixture(scope="session")
def ask(client) -> Callable[..., dict[str, Any]]:
    """A question to the running server; gives the answer."""

    def post(question: str, **more: Any) -> dict[str, Any]:
        response = client.post("/v1/ask", json={"question": question, **more})
        assert response.status_code == 200, response.text
        return response.json()

    return post


@pytest.fixture(scope="session")
def stored_text(client) -> Callable[[dict[str, Any], str], str]:
    """The stored text of the document that a citation or hit names."""

    def get(record: dict[str, Any], collection: str = "default") -> str:
        response = client.get(f"/v1/documents/{record['document_id']}/text", params={"collection": collection})
        assert response.status_code == 200, response.text
        return response.content.decode("utf-8")

    return get


def read_events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    """The events of a stream, as (name, data), by the rules of server-sent events."""
    name, data = "message", []
    for line in response.iter_lines():
        if line == "":
            if data:
                yield name, json.loads("\n".join(data))
            name, data = "message", []
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


@pytest.fixture(scope="session")
def events_of() -> Callable[[httpx.Response], Iterator[tuple[str, Any]]]:
    return read_events


@pytest.fixture(scope="session")
def assert_problem() -> Callable[..., dict[str, Any]]:
    """Checks that a response is a complete RFC 9457 problem document, and gives it."""

    def check(response: httpx.Response, status: int, code: str, mentions: Sequence[str] = ()) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        body = response.json()
        assert {"type", "title", "status", "detail", "code", "hint"} <= body.keys()
        assert (body["status"], body["code"]) == (status, code)
        assert body["type"] == f"urn:footnoted:problem:{code}"
        assert body["title"] not in ("", "Error")
        for words in mentions:
            assert words in body["detail"]
        return body

    return check


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        pytest.skip(f"Chromium is not installed: {_CHROMIUM} is missing. To run this test: apt install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(_CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


class Watched:
    """A browser context that remembers what went wrong in any of its tabs, and every address asked for."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.origin = origin
        self.errors: list[str] = []
        self.addresses: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=origin, reduced_motion="reduce")
        self.context.set_default_timeout(_PAGE_TIMEOUT_MS)
        self.context.on("console", lambda message: self._note(message.type, message.text))
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on("request", lambda request: self.addresses.append(request.url))
        self.context.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)

    @property
    def foreign(self) -> list[str]:
        return [a for a in self.addresses if not a.startswith((f"{self.origin}/", "data:", "blob:"))]


@pytest.fixture
def watch(browser) -> Callable[[str], Watched]:
    """A watched browser context for a server of the test's own."""
    return lambda origin: Watched(browser, origin)


@pytest.fixture
def watched(watch, server) -> Iterator[Watched]:
    """No test may leave an error in the console, or send a request elsewhere."""
    made = watch(server)
    yield made
    made.context.close()
    assert made.errors == []
    assert made.foreign == []
    assert made.addresses != []


@pytest.fixture
def page(watched) -> Page:
    """The chat page, loaded, with the default collection chosen."""
    opened = watched.context.new_page()
    opened.goto("/")
    expect(opened.locator("#question")).to_be_focused()
    return opened


@pytest.fixture
def in_process(make_settings, encoder) -> Callable[..., AbstractContextManager[TestClient]]:
    """`with in_process(data_dir, group={…}) as client:` for a service in this process, with settings of its own."""

    @contextmanager
    def start(data_dir: Path, **groups: dict) -> Iterator[TestClient]:
        settings = make_settings(data_dir, **groups)
        app = create_app(settings, Engine.open(settings, encoder))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            deadline = time.monotonic() + _JOB_LIMIT_S
            while client.get("/readyz").status_code != 200 and time.monotonic() < deadline:
                time.sleep(0.05)
            yield client

    return start
