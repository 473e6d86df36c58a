"""Whether Milvus has what it should have: by a few passages at a start, or by all of them."""

import numpy as np
from sqlalchemy import Engine, func, select

from index import changes, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.engines.milvus_client import Milvus
from index.engines.milvus_counts import State

_PROBES = 32

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
    return bool(len(keys)) and len(milvus.present(home, keys)) < len(keys)


def differences(catalog: Engine, milvus: Milvus, home: str, collection_id: int, state: State) -> tuple[Keys, Keys]:
    """Keys that the catalog has and Milvus has not, of those that it should have; and all that Milvus has too much."""
    with schema.read(catalog) as connection:
        wanted = changes.all_keys(connection, collection_id, state.last_key)
    held = milvus.keys(home, collection_id)
    return np.setdiff1d(wanted, held), np.setdiff1d(held, wanted)
