"""What changed in a collection since a generation: how a derived index keeps in step without reading all of it.

Keys of passages are never given twice and grow, so what was added is what has a greater key than the last one known.
What was removed is noted here in the transaction that removes it. Functions take part in the caller's transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ARRAY, BigInteger, Connection, Engine, bindparam, delete, func, select, text

from index import schema
from index.dense.keys import Keys
from index.encode import Vectors

_AT_ONCE = 10_000  # rows: a long read holds up SQLite's checkpoints

_p = schema.passages.c
_r = schema.removed_passages.c


@dataclass(frozen=True, slots=True)
class Extent:
    """The generation of a collection, and how far its passages go: their number, and the greatest key ever given."""

    generation: int
    last_key: int
    passages: int


def note_removal(connection: Connection, collection_id: int, document_key: int) -> None:
    """The passages of a document are about to go; to be called before they do.

    The transaction is to raise the collection's generation by one.
    """
    connection.execute(
        text(
            "INSERT INTO removed_passages (collection_id, generation, key) "
            "SELECT c.id, c.generation + 1, p.key FROM passages p JOIN collections c ON c.id = :collection_id "
            "WHERE p.document_key = :document_key"
        ),
        {"collection_id": collection_id, "document_key": document_key},
    )


def removed_since(connection: Connection, collection_id: int, generation: int) -> Keys:
    """Keys of passages that were removed after a generation, ascending; also of such as were added after it."""
    query = select(_r.key).where(_r.collection_id == collection_id, _r.generation > generation)
    return np.unique(np.array(connection.execute(query).scalars().all(), dtype=np.int64))


def forget_removals(connection: Connection, collection_id: int, generation: int) -> None:
    """Every derived index reflects the generation: what was removed up to it need not be known any more."""
    condition = (_r.collection_id == collection_id, _r.generation <= generation)
    connection.execute(delete(schema.removed_passages).where(*condition))


def added_after(connection: Connection, collection_id: int, key: int, dimension: int) -> tuple[Keys, Vectors]:
    """Passages with a greater key that are there now: their keys, ascending, and vectors, shape (n, dimension)."""
    query = select(_p.key, _p.vector).where(_p.collection_id == collection_id, _p.key > key).order_by(_p.key)
    return _unpacked(connection.execute(query).all(), dimension)


def vectors_of(
    connection: Connection, keys: Keys, dimension: int, collection_id: int | None = None
) -> tuple[Keys, Vectors]:
    """Those of the keys that are there now, ascending, and their vectors, shape (n, dimension).

    Of a collection only, where the keys come from who may mistake those of another one for its own.
    """
    # One parameter however many keys: the statement is prepared once.
    if schema.on_server(connection):
        of_these = _p.key == func.any(bindparam("keys", keys.tolist(), ARRAY(BigInteger)))
        chosen = select(_p.key, _p.vector).where(of_these).order_by(_p.key)
        if collection_id is not None:
            chosen = chosen.where(_p.collection_id == collection_id)
        return _unpacked(connection.execute(chosen).all(), dimension)
    own = "" if collection_id is None else f" AND collection_id = {int(collection_id)}"
    listed = "SELECT value FROM json_each(:keys)"
    query = text(f"SELECT key, vector FROM passages WHERE key IN ({listed}){own} ORDER BY key")
    return _unpacked(connection.execute(query, {"keys": str(keys.tolist())}).all(), dimension)


def extent(connection: Connection, collection_id: int) -> Extent | None:
    """None where there is no such collection."""
    c = schema.collections.c
    generation = connection.execute(select(c.generation).where(c.id == collection_id)).scalar_one_or_none()
    if generation is None:
        return None
    counted = select(func.max(_p.key), func.count()).where(_p.collection_id == collection_id)
    last, passages = connection.execute(counted).one()
    return Extent(generation, last or 0, passages)


def count_until(connection: Connection, collection_id: int, key: int) -> int:
    """How many passages have this key or a lower one."""
    query = select(func.count()).where(_p.collection_id == collection_id, _p.key <= key)
    count: int = connection.execute(query).scalar_one()
    return count


def count_after(connection: Connection, collection_id: int, key: int) -> int:
    """How many passages have a greater key."""
    query = select(func.count()).where(_p.collection_id == collection_id, _p.key > key)
    count: int = connection.execute(query).scalar_one()
    return count


def all_keys(connection: Connection, collection_id: int, until: int) -> Keys:
    """The keys of a collection's passages up to a key, ascending."""
    query = select(_p.key).where(_p.collection_id == collection_id, _p.key <= until).order_by(_p.key)
    return np.fromiter(connection.execute(query).scalars(), dtype=np.int64)


def stream(engine: Engine, collection_id: int, until: int, dimension: int) -> Iterator[tuple[Keys, Vectors]]:
    """All passages up to a key in the order of their keys, some at a time, each in a transaction of its own.

    What is removed meanwhile may be among them or not.
    """
    columns = select(_p.key, _p.vector).where(_p.collection_id == collection_id).order_by(_p.key).limit(_AT_ONCE)
    key = 0
    while True:
        with schema.read(engine) as connection:
            rows = connection.execute(columns.where(_p.key > key, _p.key <= until)).all()
        if not rows:
            return
        yield _unpacked(rows, dimension)
        key = rows[-1][0]


def _unpacked(rows: Sequence[Any], dimension: int) -> tuple[Keys, Vectors]:
    keys = np.fromiter((key for key, _ in rows), dtype=np.int64, count=len(rows))
    halves = np.frombuffer(b"".join(vector for _, vector in rows), dtype="<f2")
    return keys, halves.reshape(len(rows), dimension).astype(np.float32)
