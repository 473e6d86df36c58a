"""Which engine searches: files beside SQLite, PostgreSQL with pgvector, or Milvus beside PostgreSQL."""

from pathlib import Path

from sqlalchemy import Engine

from core.errors import SettingsError
from index.dense.building import DenseSettings
from index.engines.embedded import EmbeddedEngine
from index.engines.engine import SearchEngine
from index.place import Place


def open_engine(
    place: "Path | Place", index_url: str | None, catalog_engine: Engine, dense_settings: DenseSettings | None = None
) -> SearchEngine:
    """``index_url`` is of a Milvus, with its password; None has the catalog's database search.

    Raises SettingsError where the engine's client is not installed, or where there is no database for all replicas.
    """
    place, settings = Place.of(place), dense_settings or DenseSettings()
    if place.database_url is None:
        if index_url is not None:
            raise SettingsError(
                "index.url needs database.url: the catalog has to be where all replicas reach it.",
                "Set database.url to a PostgreSQL, or leave index.url out.",
            )
        return EmbeddedEngine(catalog_engine, place.folder / "index", settings)
    if index_url is None:
        from index.engines.postgres.engine import PostgresEngine  # with its client, which the plain installation lacks

        return PostgresEngine(catalog_engine, settings)
    from index.engines.milvus.engine import MilvusEngine

    return MilvusEngine(place, catalog_engine, index_url, settings)
