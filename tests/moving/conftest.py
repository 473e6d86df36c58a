"""Places with something in them, and empty ones to move to: folders, PostgreSQL, Milvus."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from moving_samples import fill, open_at
from state_samples import use

from service.moving.places import Target, target_of
from service.settings import Settings
from tests.engines.milvus_server import milvus_server, milvus_url
from tests.engines.postgres_server import postgres_server, postgres_url

__all__ = ["milvus_server", "milvus_url", "postgres_server", "postgres_url"]


@dataclass(frozen=True)
class Way:
    """A move from ``source`` to ``to`` and ``index``, as the command line names them."""

    source: Settings
    to: str | None
    index: str | None = None

    @property
    def target(self) -> Target:
        return target_of(self.source, self.to, self.index)


def settings(folder: Path, database: str | None = None, index: str | None = None) -> Settings:
    return Settings(data_dir=folder, database={"url": database}, index={"url": index})


@pytest.fixture
def filled(tmp_path) -> Settings:
    """A data folder with two collections."""
    made = settings(tmp_path / "data")
    with open_at(made) as store:
        fill(store)
    return made


@pytest.fixture(params=["to postgres", "from postgres", pytest.param("to milvus", marks=pytest.mark.slow)])
def way(request, tmp_path) -> Way:
    """Each direction, with the same two collections at its beginning."""
    folder, url = tmp_path / "data", request.getfixturevalue("postgres_url")
    if request.param == "from postgres":
        way = Way(settings(folder, url), str(tmp_path / "new"))
    else:
        milvus = request.getfixturevalue("milvus_url") if request.param == "to milvus" else None
        way = Way(settings(folder), url, milvus)
    with open_at(way.source) as store:
        fill(store)
    return way


@pytest.fixture
def used(way) -> str:
    """The way's source with state beside its collections; gives an administrator's key."""
    return use(way.source.place)


@pytest.fixture
def told() -> Callable[[str, int, int], None]:
    return lambda what, done, total: None
