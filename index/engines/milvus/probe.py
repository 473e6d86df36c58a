"""Whether Milvus has what it should have: by a few passages at a start, or by all of them."""

import numpy as np
from sqlalchemy import Engine, func, select

from index import changes, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.engines.milvus.client import Milvus
from index.engines.milvus.state import State

_PROBES = 32
_LAST = 2**63 - 1

_p = schema.passages.c


def is_off(catalog: Engine, milvus: Milvus, home: str, collection: Collection, state: State) -> bool:
    """Whether the state is not that of the catalog, as when another engine kept step meanwhile and forgot what was
    removed; or not that of Milvus, by some passages from all over the collection that should be there.
    """
    some: set[int] = set()
    with schema.read(catalog) as connection:
        if state.generation != collection.generation:
            removed = changes.removed_since(connection, collection.id, state.removals)
            counted = changes.count_until(connection, collection.id, state.last_key)
            if counted + int((removed <= state.last_key).sum()) != state.passages:
                return True
        for start in np.linspace(1, max(state.last_key, 1), _PROBES).astype(np.int64).tolist():
            next_key = select(func.min(_p.key)).where(_p.collection_id == collection.id, _p.key >= start)
            key = connection.execute(next_key.where(_p.key <= state.last_key)).scalar_one_or_none()
            if key is not None:
                some.add(key)
    keys = np.array(sorted(some), dtype=np.int64)
    return bool(len(keys)) and len(milvus.present(home, collection.id, keys)) < len(keys)


def differences(
    catalog: Engine, milvus: Milvus, home: str, collection_id: int, state: State, waiting_since: int
) -> tuple[Keys, Keys]:
    """Keys that the catalog has and Milvus has not, of those that it should have by the state; and those that Milvus
    has too much, but for what was removed after a generation and waits to be taken out.

    Others may write meanwhile. A passage is in the catalog before it is in Milvus, so the catalog is read again after
    Milvus: what it has then, or notes as removed, is no stray.
    """
    with schema.read(catalog) as connection:
        wanted = changes.all_keys(connection, collection_id, state.last_key)
    held = milvus.keys(home, collection_id)
    with schema.read(catalog) as connection:
        present = changes.all_keys(connection, collection_id, _LAST)
        waiting = changes.removed_since(connection, collection_id, waiting_since)
    missing = np.setdiff1d(np.intersect1d(wanted, present), held)
    return missing, np.setdiff1d(held, np.union1d(present, waiting))
