"""Make or open one database as a schema of a PostgreSQL database: its tables, its format, and what it needs there."""

from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import Connection, MetaData, text

from core.errors import IndexBroken, SettingsError
from index.columns import Halves
from index.place import DatabasePlace
from index.postgres.address import shown
from index.postgres.pool import SchemaEngine, Session
from index.postgres.quoting import quoted
from index.postgres.tables import create_missing, is_whole
from index.sealed import through
from index.transactions import read, told, write

_LOCK_TIMEOUT_MS = 30_000
_OLDEST_SERVER = 140_000
_OLDEST_PGVECTOR = (0, 8)  # the first with iterative scans

log = structlog.get_logger("footnoted")


def open_schema(place: DatabasePlace, tables: MetaData, format_version: int, pragmas: Sequence[str]) -> SchemaEngine:
    """As index.schema.open_database says. Raises SettingsError too."""
    assert place.url is not None
    engine = SchemaEngine.on(place.url, Session((place.schema,), _lock_timeout_ms(pragmas)))
    try:
        with told(engine):
            _check_server(engine)
            engine = _with_path_to_pgvector(engine, tables)
            if _is_as_it_should_be(engine, tables, format_version):
                upgrading = False
            else:
                with write(through(engine)) as connection:
                    upgrading = _made(connection, engine, tables, format_version)
            if upgrading:
                _upgrade(engine, tables.info["versions"], format_version)
        session = engine.session
        return engine.continued(Session(session.path, session.lock_timeout_ms, format_version))
    except BaseException:
        engine.dispose()
        raise


def _lock_timeout_ms(pragmas: Sequence[str]) -> int:
    given = (one.partition("=") for one in pragmas)
    return next((int(value) for name, _, value in given if name.strip() == "busy_timeout"), _LOCK_TIMEOUT_MS)


def _check_server(engine: SchemaEngine) -> None:
    with engine.connect() as connection:
        number, encoding = connection.exec_driver_sql(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        ).one()
    if number < _OLDEST_SERVER:
        raise SettingsError(
            f"{shown(engine.url)} is PostgreSQL {number // 10_000}, which is too old.", "Use PostgreSQL 14 or newer."
        )
    if encoding != "UTF8":
        raise SettingsError(
            f"{shown(engine.url)} is a database in {encoding}, which cannot hold every text.",
            "Make one with the encoding UTF8: createdb --encoding=UTF8 --template=template0 NAME",
        )


def _is_as_it_should_be(engine: SchemaEngine, tables: MetaData, format_version: int) -> bool:
    """Then nobody who writes is to be waited for."""
    with read(engine) as connection:
        if connection.execute(_HAS_FORMAT).scalar_one() is None:
            return False
        present = connection.exec_driver_sql("SELECT version FROM database_format").scalar_one()
        return present == format_version and is_whole(connection, tables)


def _with_path_to_pgvector(engine: SchemaEngine, tables: MetaData) -> SchemaEngine:
    if not any(column.type is Halves for table in tables.tables.values() for column in table.c):
        return engine
    with read(engine) as connection:
        found = connection.execute(_PGVECTOR).first()
    if found is None:
        with write(through(engine)) as connection:
            _create_pgvector(connection)
            found = connection.execute(_PGVECTOR).one()
    name, version = found
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_PGVECTOR:
        raise SettingsError(
            f"{shown(engine.url)} has pgvector {version}, which is too old.",
            "Install pgvector 0.8 or newer on its server, and run ALTER EXTENSION vector UPDATE in the database.",
        )
    session = engine.session
    return engine.continued(Session((session.schema, name), session.lock_timeout_ms))


_PGVECTOR = text(
    "SELECT n.nspname, e.extversion FROM pg_catalog.pg_extension e "
    "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
)


def _create_pgvector(connection: Connection) -> None:
    place = shown(connection.engine.url)
    known = text("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'vector'")
    if connection.execute(known).first() is None:
        raise SettingsError(
            f"{place} is on a server without pgvector.",
            "Install the extension on it (the package postgresql-18-pgvector, or the image pgvector/pgvector:pg18).",
        )
    may = text("SELECT has_database_privilege(current_database(), 'CREATE')")
    if not connection.execute(may).scalar_one():
        raise SettingsError(
            f"{place} has no pgvector yet, and this user may not add it.",
            "Let an administrator run CREATE EXTENSION vector in the database, and own it to the user of database.url.",
        )
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public"))


_HAS_FORMAT = text("SELECT to_regclass(quote_ident(current_schema()) || '.database_format')")


def _made(connection: Connection, engine: SchemaEngine, tables: MetaData, format_version: int) -> bool:
    """Whether what is there is of an earlier format, and is still to be upgraded."""
    name = engine.session.schema
    known = text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :name")
    if connection.execute(known, {"name": name}).first() is None:
        connection.exec_driver_sql(f"CREATE SCHEMA {quoted(name)}")
    if connection.execute(_HAS_FORMAT).scalar_one() is None:
        connection.exec_driver_sql("CREATE TABLE database_format (version integer NOT NULL)")
        connection.exec_driver_sql("INSERT INTO database_format VALUES (0)")
    present = connection.exec_driver_sql("SELECT version FROM database_format").scalar_one()
    if present > format_version:
        raise IndexBroken(
            f"{name} of {shown(engine.url)} was written by a newer Footnoted "
            f"(format {present}; this one knows {format_version}).",
            "Update Footnoted, or use another database.",
        )
    if 0 < present < format_version and "versions" in tables.info:
        return True
    create_missing(connection, tables)
    if present != format_version:
        connection.exec_driver_sql(f"UPDATE database_format SET version = {int(format_version)}")
    return False


def _upgrade(engine: SchemaEngine, versions: Path, format_version: int) -> None:
    from index.migrations.upgrade import run_revisions  # imports Alembic, which every start would wait for

    with write(through(engine)) as connection:
        present = connection.exec_driver_sql("SELECT version FROM database_format").scalar_one()
        if present >= format_version:  # another process was quicker
            return
        log.info("database_upgrade", path=engine.session.schema, from_format=present, to_format=format_version)
        run_revisions(connection, versions, present, format_version)
        connection.exec_driver_sql(f"UPDATE database_format SET version = {int(format_version)}")
