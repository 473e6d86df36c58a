"""What the tests of writing share: chat models on real servers, and engines that ask them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from halden import BRIDGE, TOWER
from llm_servers.chat_server import ChatServer, start_chat  # noqa: F401
from llm_servers.small_model import small_model  # noqa: F401

from service.engine import Engine


@pytest.fixture(scope="session")
def halden_folder(open_engine, tmp_path_factory) -> Path:
    """A data folder whose default collection holds two short texts."""
    sources = tmp_path_factory.mktemp("halden")
    (sources / "tower.txt").write_text(TOWER, encoding="utf-8")
    (sources / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
    folder = tmp_path_factory.mktemp("halden-data") / "data"
    report = open_engine(folder).ingest([sources])
    assert (report.added, report.failed) == (2, [])
    return folder


@pytest.fixture
def engine_asking(encoder, make_settings, halden_folder) -> Iterator[Callable[..., Engine]]:
    """Opens engines whose answers are written by the model at a server; ``more`` are settings of the model."""
    opened: list[Engine] = []

    def open_one(server: ChatServer | str, folder: Path = halden_folder, **more: object) -> Engine:
        url = server if isinstance(server, str) else server.url
        model = {"name": "openai:scripted", "base_url": url, "retries": 0, **more}
        opened.append(Engine.open(make_settings(folder, model=model), encoder))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()
