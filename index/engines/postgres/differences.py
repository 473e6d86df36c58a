"""Whether the inverted index's tables hold what the catalog has: for `footnoted verify`."""

import numpy as np
from sqlalchemy import Connection, select

from index import changes, schema
from index.collections import Collection
from index.dense.keys import NO_KEYS, Keys
from index.engines.postgres import tables
from index.engines.postgres.behind import state_of
from index.engines.postgres.postings import Block

_AT_ONCE = 5_000  # blocks

_t, _b, _p = tables.passages.c, tables.postings.c, schema.passages.c


def differences(connection: Connection, collection: Collection) -> tuple[Keys, Keys]:
    """Passages that are in the catalog and not, or not in all parts, in the tables, and the other way round, by key.

    As far as the tables say that they are: what is newer is looked up in the catalog by every question.
    """
    state = state_of(connection, collection.id)
    if state is None or not state.is_legible:
        return NO_KEYS, NO_KEYS
    own = select(_p.key).where(_p.collection_id == collection.id, _p.key <= state.last_key)
    present = np.array(connection.execute(own).scalars().all(), dtype=np.int64)
    expected = np.union1d(present, changes.removed_since(connection, collection.id, state.generation))
    indexed, worded = _indexed(connection, collection.id)
    listed = _listed(connection, collection.id)
    missing = np.union1d(np.setdiff1d(present, indexed), np.intersect1d(np.setdiff1d(worded, listed), present))
    return missing, np.setdiff1d(np.union1d(indexed, listed), expected)


def _indexed(connection: Connection, collection_id: int) -> tuple[Keys, Keys]:
    """The passages that were indexed, and those of them that have any term."""
    has_terms = (_t.body != "") | (_t.context != "")
    rows = connection.execute(select(_t.key, has_terms).where(_t.collection_id == collection_id)).all()
    keys = np.array([key for key, _ in rows], dtype=np.int64)
    return keys, keys[np.array([any_term for _, any_term in rows], dtype=bool)]


def _listed(connection: Connection, collection_id: int) -> Keys:
    """The passages that are in any posting list."""
    found = NO_KEYS
    query = select(_b.first_key, _b.postings).where(_b.collection_id == collection_id)
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for some in rows.partitions():
            found = np.union1d(found, np.concatenate([Block(first, packed).keys for first, packed in some]))
    return found
