"""Where the engines are: given by URL, or PostgreSQL and milvus-lite started here for the time of a run."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from service.settings import Settings, load_settings

ENGINES = ("embedded", "postgres", "milvus")
# As on a small machine of its own; every commit is on the disk.
_POSTGRES = ("fsync = on", "full_page_writes = on", "shared_buffers = 1GB", "maintenance_work_mem = 1GB")

Places = Callable[[Path], dict[str, Settings]]
"""New and empty places, one for each engine, with their folders in the given one."""


@contextmanager
def started(engines: Sequence[str], postgres: str | None, milvus: str | None) -> Iterator[Places]:
    """What is not named is started for as long as it is needed."""
    with ExitStack() as stack:
        if postgres is None and {"postgres", "milvus"} & {*engines}:
            postgres = stack.enter_context(_postgres())
        if milvus is None and "milvus" in engines:
            from tests.engines.milvus_server import running

            milvus = stack.enter_context(running()).url
        yield lambda folder: {name: _settings(folder, name, postgres, milvus) for name in engines}


@contextmanager
def _postgres() -> Iterator[str]:
    from tests.engines.postgres_server import running

    with running() as server:
        server.stop()
        with (server.folder / "data" / "postgresql.conf").open("a") as file:
            file.write("\n".join(_POSTGRES) + "\n")
        server.start()
        yield server.url("postgres")


def _settings(folder: Path, name: str, postgres: str | None, milvus: str | None) -> Settings:
    groups: dict[str, Any] = {"data_dir": folder / name}
    if name != "embedded":
        assert postgres is not None
        groups["database"] = {"url": _new_database(postgres)}
    if name == "milvus":
        groups["index"] = {"url": milvus}
    return load_settings(groups)


def _new_database(url: str) -> str:
    import psycopg

    name = f"bench_{secrets.token_hex(6)}"
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
