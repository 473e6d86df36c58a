"""Each engine with state of its own, for the one suite that all of them pass."""

from collections.abc import Iterator

import pytest
from engine_samples import EnginePlace

from index.place import Place
from tests.engines.milvus_server import milvus_server, milvus_url
from tests.engines.postgres_server import postgres_server, postgres_url

__all__ = ["milvus_server", "milvus_url", "postgres_server", "postgres_url"]


@pytest.fixture(params=["embedded", "postgres", pytest.param("milvus", marks=pytest.mark.slow)])
def place(request, tmp_path) -> Iterator[EnginePlace]:
    made = _place(request, request.param, tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(place):
    """With vectors of eight numbers."""
    return place.open()


def _place(request, engine: str, folder) -> EnginePlace:
    if engine == "embedded":
        return EnginePlace(engine, folder / "data")
    database = Place(folder / "data", request.getfixturevalue("postgres_url"))
    if engine == "postgres":
        return EnginePlace(engine, database)
    return EnginePlace(engine, database, request.getfixturevalue("milvus_url"))
