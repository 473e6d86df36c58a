"""All checks of a catalog in a PostgreSQL database. Its own files, its log and its backups are not looked through."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection, func, select, text

from index import schema
from index.collections import Collection
from index.dense.keys import Keys
from index.encode import Encoder
from index.store import Store
from index.verify import catalog as of_catalog
from index.verify.check import Check, Tally
from index.verify.run import encoded_again

_d = schema.documents.c
_KEPT = text("SELECT 1 FROM originals WHERE digest = :digest")
_SUM = text(
    "SELECT encode(sha256(coalesce(string_agg(data, ''::bytea ORDER BY number), ''::bytea)), 'hex') "
    "FROM original_pieces WHERE digest = :digest"
)


@runtime_checkable
class _Compared(Protocol):
    """A search engine that can say how it differs from the catalog."""

    def differences(self, collection: Collection) -> tuple[Keys, Keys]:
        """Passages that it lacks, and those that it has though they are gone."""


def verify_server(store: Store, encoder: Encoder | None, sample_size: int, seed: int) -> Iterator[Check]:
    """Every check of what is there, beside running servers too. Raises NotReady.

    ``sample_size`` passages of each collection are embedded again, unless ``encoder`` is None.
    """
    with schema.read(store.catalog.engine) as connection:
        yield of_catalog.counts(connection)
        yield of_catalog.offsets(connection)
        yield of_catalog.vectors(connection)
        yield _originals(connection)
    if isinstance(store.search_engine, _Compared):
        yield _derived(store, store.search_engine)
    if encoder is not None and sample_size:
        yield from encoded_again(store.catalog, encoder, sample_size, seed)


def _originals(connection: Connection) -> Check:
    """The bytes of every document are there, and are those that it was made from; the server reads them."""
    tally = Tally("originals", "originals", "Ingest these sources again, or restore a backup of the database.")
    for digest in connection.execute(select(_d.sha256).distinct().order_by(_d.sha256)).scalars().all():
        tally.saw()
        if connection.execute(_KEPT, {"digest": digest}).first() is None:
            tally.fault(f"{digest} is not there")
        elif connection.execute(_SUM, {"digest": digest}).scalar_one() != digest:
            tally.fault(f"{digest} holds other bytes than those that it is named by")
    return tally.check()


def _derived(store: Store, engine: _Compared) -> Check:
    """What is searched holds the passages of each collection, and no other. It is brought up to date before."""
    tally = Tally("search", "passages", "Build what is searched anew: `footnoted verify --purge`.")
    for collection in store.catalog.collections():
        store.search_engine.refresh(collection)
        with schema.read(store.catalog.engine) as connection:
            own = select(func.count()).where(schema.passages.c.collection_id == collection.id)
            tally.saw(connection.execute(own).scalar_one())
        missing, gone = engine.differences(collection)
        if len(missing) or len(gone):
            tally.fault(f"{collection.name!r} lacks {len(missing)} passages and has {len(gone)} that are gone")
    return tally.check()
