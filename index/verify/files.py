"""Checks of what lies beside the catalog: originals, the dense indexes' files, and what a kill left behind."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from core.errors import IndexBroken
from index import collections, schema
from index.collections import Collection
from index.dense import manifest
from index.dense.keys import Keys
from index.dense.manifest import Manifest
from index.tidy import half_written, strays
from index.verify.check import Check, Level, Tally

_JUST_S = 10.0  # a document's bytes come before it is committed, and go after it is deleted

_d, _c, _p = schema.documents.c, schema.collections.c, schema.passages.c


def originals(connection: Connection, folder: Path) -> Check:
    """The bytes of every document are there, and are those that it was made from."""
    tally = Tally("originals", "files", "Ingest these sources again, or restore a copy of the data folder.")
    for digest in connection.execute(select(_d.sha256).distinct().order_by(_d.sha256)).scalars():
        tally.saw()
        path = folder / digest[:2] / digest
        try:
            if manifest.digest(path) != digest:
                tally.fault(f"{path.name} holds other bytes than those that it is named by")
        except OSError as error:
            tally.fault(f"{path.name} cannot be read: {error.strerror}")
    return tally.check()


def leftovers(connection: Connection, data_dir: Path, listed: Sequence[Path]) -> Check:
    """Files that nothing leads to: a kill leaves them, the next start of the server or `verify --tidy` removes them."""
    tally = Tally("leftovers", "files", "Remove them by `footnoted verify --tidy`.", Level.WARNING)
    tally.saw(len(listed))
    for path in strays(connection, data_dir, listed):
        if _age_s(path) > _JUST_S:
            tally.fault(f"{path.relative_to(data_dir)} is of nothing that is in the catalog")
    for path in half_written(data_dir):
        tally.fault(f"{path.relative_to(data_dir)} is half written")
    return tally.check()


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # put away meanwhile
        return 0.0


def dense(connection: Connection, folder: Path) -> Check:
    """Every saved dense index is whole, and holds the passages of its collection up to its generation.

    A missing one, or one of an earlier format, is no fault: it is made anew from the catalog.
    """
    tally = Tally("dense indexes", "vectors", "Delete the folder `index`: it is made anew from the catalog.")
    for collection_id in connection.execute(select(_c.id)).scalars().all():
        collection, told = collections.by_id(connection, collection_id), manifest.read(folder, collection_id)
        if collection is None or told is None:
            continue
        if told.fits(collection):
            _look_into(connection, told, collection, folder, tally)
            continue
        with schema.read(connection.engine) as later:  # a server may have written to both since the other one began
            if (present := collections.by_id(later, collection_id)) is not None:
                _look_into(later, told, present, folder, tally)
    return tally.check()


def _look_into(connection: Connection, told: Manifest, collection: Collection, folder: Path, tally: Tally) -> None:
    name = collection.name
    if not told.fits(collection):
        tally.fault(f"{told.file} of {name!r} was made for another state of it: an older catalog was put back")
        return
    try:
        keys = np.asarray(told.open(folder).keys)
    except (OSError, IndexBroken) as error:
        if manifest.read(folder, collection.id) == told:  # else another process put a newer one in its place
            tally.fault(f"{name!r}: {error}")
        return
    tally.saw(len(keys))
    _compare(connection, told, collection, keys, tally)


def _compare(connection: Connection, told: Manifest, collection: Collection, keys: Keys, tally: Tally) -> None:
    r = schema.removed_passages.c
    own = select(_p.key).where(_p.collection_id == collection.id, _p.key <= told.last_key)
    present = np.array(connection.execute(own).scalars().all(), dtype=np.int64)
    noted = select(r.key).where(r.collection_id == collection.id, r.generation > told.generation)
    removed = np.array(connection.execute(noted).scalars().all(), dtype=np.int64)
    missing = len(np.setdiff1d(present, keys))
    gone = len(np.setdiff1d(keys, np.concatenate([present, removed])))
    if missing or gone:
        tally.fault(f"{told.file} of {collection.name!r} lacks {missing} passages and has {gone} that are gone")
