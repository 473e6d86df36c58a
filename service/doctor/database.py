"""The database of all replicas: reachable, new enough, near enough, room for everybody's connections, its clock."""

import statistics
import time
from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection, text

from core.errors import FootnotedError, NotFound, NotReady
from index import schema
from index.catalog import Collection, check_spec
from index.postgres.pool import MOST_CONNECTIONS
from service.doctor.folder import guarded
from service.embedding.finding import Finding
from service.engine import Engine
from service.settings import Settings

_ASKED = 7
_FAR_MS = 5.0
"""A question asks the database some twenty times, one after the other."""
_APART_S = 5.0
_FEW_FREE = 10
_OF_JOBS = 2  # connections of the locks of the supervisor and of the worker
_FACTS = text(
    "SELECT current_setting('server_version') AS server, "
    "(SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'vector') AS pgvector, "
    "extract(epoch FROM clock_timestamp())::float8 AS now, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most, "
    "(SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') AS used, "
    "current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS waits, "
    "current_setting('full_page_writes') AS whole_pages, pg_is_in_recovery() AS is_standby, "
    "pg_database_size(current_database()) AS bytes"
)


def database_findings(settings: Settings) -> Iterator[Finding]:
    """Loads no model; of an encoder it asks the name and the dimension."""
    try:
        with Engine.open(settings) as engine:
            yield from _facts(settings, engine)
            yield from _collections(engine)
    except FootnotedError as error:
        yield Finding("database", "failed", error.message, error.hint)
        return
    hint = "pg_dump, or your server's own backups with its log (docs/scaling.md); try to restore one now and then."
    yield Finding("backup", "ok", "is PostgreSQL's: `footnoted backup` copies data folders only", hint)


def _facts(settings: Settings, engine: Engine) -> Iterator[Finding]:
    with schema.read(engine.store.catalog.engine) as connection:
        took = [_took_ms(connection) for _ in range(_ASKED)]
        asked = time.time()
        facts = connection.execute(_FACTS).mappings().one()
        there = float(facts["now"]) - (asked + time.time()) / 2
    size = f"{int(facts['bytes']) / 1024**2:,.0f} MiB"
    yield Finding("database", "ok", f"PostgreSQL {facts['server']}, pgvector {facts['pgvector']}, {size}")
    yield _durable(facts["fsync"], facts["waits"], facts["whole_pages"])
    yield _near(statistics.median(took))
    yield _same_time(there)
    yield _room(settings, int(facts["most"]), int(facts["used"]))


def _took_ms(connection: Connection) -> float:
    began = time.perf_counter()
    connection.execute(text("SELECT 1")).scalar_one()
    return (time.perf_counter() - began) * 1000


def _durable(fsync: str, waits: str, whole_pages: str) -> Finding:
    if fsync != "on" or whole_pages != "on":
        hint = "Set fsync = on and full_page_writes = on in postgresql.conf."
        return Finding("durability", "failed", "After a power cut the database may be damaged.", hint)
    if waits == "off":
        hint = "Set synchronous_commit = on, unless losing the last acts of the audit log and uploads is fine."
        return Finding("durability", "warning", "A crash of the server may lose what it said was written.", hint)
    return Finding("durability", "ok", "what is written survives a crash of the server")


def _near(median_ms: float) -> Finding:
    if median_ms > _FAR_MS:
        message = f"{median_ms:.1f} ms away: a question asks it some twenty times."
        return Finding("latency", "warning", message, "Run the replicas in the database's own network.")
    return Finding("latency", "ok", f"{median_ms:.2f} ms there and back")


def _same_time(apart_s: float) -> Finding:
    if abs(apart_s) > _APART_S:
        message = f"This machine's clock and the database's are {abs(apart_s):.0f} s apart."
        hint = "Set all machines by the network: timedatectl set-ntp true. Keys, sessions and retention go by it."
        return Finding("database clock", "warning", message, hint)
    return Finding("database clock", "ok", f"within {max(abs(apart_s), 0.1):.1f} s of this machine's")


def _room(settings: Settings, most: int, used: int) -> Finding:
    """Of connections: a replica may open all of its pool in each of its processes, and one for each of its locks."""
    need = (settings.server.workers + 1) * MOST_CONNECTIONS + _OF_JOBS
    told = f"{used} of {most} in use; this replica opens {need} at most"
    hint = "Raise max_connections in postgresql.conf (each takes some MB there), or run fewer workers."
    if need > most:
        return Finding("connections", "warning", f"{told}: when all are busy, some will be refused.", hint)
    if most - used < _FEW_FREE:
        return Finding("connections", "warning", f"{told}: few are left.", hint)
    return Finding("connections", "ok", told)


def _collections(engine: Engine) -> Iterator[Finding]:
    found = engine.collections()
    for one in found:
        yield from guarded("collection", partial(_collection, one, engine))
    if not found:
        yield Finding("collections", "ok", "none yet")


def _collection(collection: Collection, engine: Engine) -> list[Finding]:
    """That its encoder is this one's, and that its search engine answers."""
    check_spec(collection, engine.store.spec_of(collection))
    counts = f"{collection.documents} documents, {collection.passages} passages"
    try:
        with schema.read(engine.store.catalog.engine) as connection:
            present = engine.store.catalog.collection_in(connection, collection.name)
            engine.store.dense(connection, present)
            engine.store.words(present).document_frequencies(["a"])
    except NotFound:
        return [Finding("collection", "ok", f"{collection.name}: deleted meanwhile")]
    except NotReady as error:
        return [Finding("collection", "failed", f"{collection.name}: {error.message}", error.hint)]
    return [Finding("collection", "ok", f"{collection.name}: {counts}; search answers")]
