"""The keyword indexes against the passages."""

from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from core.errors import IndexOutdated
from index import changes, collections, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.inverted import InvertedIndex, State
from index.verify.check import Check, Tally

_c, _p = schema.collections.c, schema.passages.c


def keyword_indexes(connection: Connection, folder: Path) -> Check:
    """Each holds the passages of its collection as far as it says, and no other.

    A missing one is no fault, nor one of another version: it is made anew from the catalog.
    """
    tally = Tally("keyword indexes", "passages", "Delete the folder `index`: it is made anew from the catalog.")
    for collection_id in connection.execute(select(_c.id)).scalars().all():
        collection, place = collections.by_id(connection, collection_id), folder / f"{collection_id}.words"
        if collection is None or not place.exists():
            continue
        try:
            index = InvertedIndex(place)
        except IndexOutdated:
            continue
        if index.state.generation <= collection.generation:
            _compare(connection, collection, index, tally)
            continue
        with schema.read(connection.engine) as later:  # a server may have written to both since the other one began
            if (present := collections.by_id(later, collection_id)) is not None:
                _compare(later, present, index, tally)
    return tally.check()


def _compare(connection: Connection, collection: Collection, index: InvertedIndex, tally: Tally) -> None:
    state = index.state
    if state == State():
        return
    if state.generation > collection.generation:
        tally.fault(f"that of {collection.name!r} is newer than the catalog: an older catalog was put back")
        return
    indexed: Keys = index.keys()
    tally.saw(len(indexed))
    own = select(_p.key).where(_p.collection_id == collection.id, _p.key <= state.last_key)
    present = np.array(connection.execute(own).scalars().all(), dtype=np.int64)
    removed = changes.removed_since(connection, collection.id, state.generation)
    missing, gone = len(np.setdiff1d(present, indexed)), len(np.setdiff1d(indexed, np.concatenate([present, removed])))
    twice = len(indexed) - len(np.unique(indexed))
    if missing or gone or twice:
        tally.fault(
            f"that of {collection.name!r} lacks {missing} passages, has {gone} that are gone and {twice} more than once"
        )
