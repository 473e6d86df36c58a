"""A Milvus as this project uses one: a collection for each dimension of vectors, with rows of several of ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.dense.keys import Keys
from index.engines.milvus.connection import READ_S, WRITE_S, MilvusConnection
from index.engines.milvus.terms import NO_TERMS, Sparse
from index.engines.milvus.url import MilvusAddress
from index.pieces import batched

if TYPE_CHECKING:
    from pymilvus import MilvusClient

MOST_FOUND = 16_384
"""Milvus's limit of what one search or query gives."""
_AT_ONCE = 1_000  # rows of one write: megabytes, where Milvus takes 64


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as Milvus holds it. ``vector`` has shape (dimension,)."""

    key: int
    vector: NDArray[np.float32]
    words: Sparse
    body_length: int
    context_length: int


@dataclass(frozen=True, slots=True)
class Held:
    """What Milvus says of a passage's words."""

    key: int
    dimensions: Sequence[int]
    body_length: int
    context_length: int


class Milvus:
    """Safe from several threads. Every method raises what MilvusConnection does."""

    def __init__(self, address: MilvusAddress) -> None:
        """Asks the server nothing yet."""
        self._connection = MilvusConnection(address)
        self._asked = self._connection.asked
        self.close = self._connection.close

    def open(self, name: str, dimension: int) -> bool:
        """Have the collection there, and loaded. Whether it was there before."""
        with self._asked() as client:
            was_there = bool(client.has_collection(name, timeout=READ_S))
            if not was_there:
                self._create(client, name, dimension)
            client.load_collection(name, timeout=WRITE_S)
            return was_there

    def insert(self, name: str, collection_id: int, rows: Sequence[Row]) -> None:
        """Rows with new keys."""
        with self._asked() as client:
            for some in batched(rows, _AT_ONCE):
                client.insert(name, [_as_entity(collection_id, row) for row in some], timeout=WRITE_S)

    def upsert(self, name: str, collection_id: int, rows: Sequence[Row]) -> None:
        """Rows in place of those with their keys."""
        with self._asked() as client:
            for some in batched(rows, _AT_ONCE):
                client.upsert(name, [_as_entity(collection_id, row) for row in some], timeout=WRITE_S)

    def delete(self, name: str, collection_id: int, keys: Keys) -> None:
        """Those of the keys that a collection has."""
        with self._asked() as client:
            for start in range(0, len(keys), _AT_ONCE):
                client.delete(name, filter=_of(collection_id, keys[start : start + _AT_ONCE]), timeout=WRITE_S)

    def delete_range(self, name: str, collection_id: int, after: int, until: int | None = None) -> None:
        """What a collection has with keys in (after, until]; without ``until``, with all that are greater."""
        condition = f"{_of(collection_id)} and id > {after}"
        with self._asked() as client:
            client.delete(
                name, filter=condition if until is None else f"{condition} and id <= {until}", timeout=WRITE_S
            )

    def delete_collection(self, name: str, collection_id: int) -> None:
        """All rows of one of our collections; the Milvus collection stays."""
        with self._asked() as client:
            if client.has_collection(name, timeout=READ_S):
                client.load_collection(name, timeout=WRITE_S)
                client.delete(name, filter=_of(collection_id), timeout=WRITE_S)

    def flush(self, name: str) -> None:
        """Have what was written since the last time be indexed, which Milvus else does when it is enough to it.

        A search waits for the index of the words, which milvus-lite makes only then: so that no question has to.
        """
        with self._asked() as client:
            client.flush(name, timeout=WRITE_S)
            client.search(name, [{NO_TERMS: 1.0}], limit=1, anns_field="words", timeout=WRITE_S)

    def compact(self, name: str) -> None:
        """Have what was deleted leave the server's files soon."""
        with self._asked() as client:
            client.flush(name, timeout=WRITE_S)
            client.compact(name, timeout=WRITE_S)

    def held(self, name: str, collection_id: int, keys: Keys) -> list[Held]:
        """The words of those of the keys that a collection has; as of now, however many replicas Milvus has."""
        found: list[Held] = []
        with self._asked() as client:
            for start in range(0, len(keys), _AT_ONCE):
                rows = client.get(
                    name,
                    ids=keys[start : start + _AT_ONCE].tolist(),
                    output_fields=["collection_id", "words", "body_length", "context_length"],
                    consistency_level="Strong",
                    timeout=WRITE_S,
                )
                found += [
                    Held(row["id"], [*row["words"]], row["body_length"], row["context_length"])
                    for row in rows
                    if row["collection_id"] == collection_id
                ]
        return found

    def present(self, name: str, collection_id: int, keys: Keys) -> Keys:
        """Those of the keys that a collection has, ascending; of a few."""
        with self._asked() as client:
            rows = client.get(
                name, ids=keys.tolist(), output_fields=["collection_id"], consistency_level="Strong", timeout=WRITE_S
            )
        return np.array(sorted(row["id"] for row in rows if row["collection_id"] == collection_id), dtype=np.int64)

    def keys(self, name: str, collection_id: int) -> Keys:
        """All of a collection, ascending."""
        with self._asked() as client:
            rows = _all(client, name, _of(collection_id), "id")
            return np.sort(np.fromiter((row["id"] for row in rows), dtype=np.int64))

    def collections_above(self, name: str, key: int) -> list[int]:
        """Which collections have greater keys."""
        with self._asked() as client:
            return sorted({row["collection_id"] for row in _all(client, name, f"id > {key}", "collection_id")})

    def nearest(
        self,
        name: str,
        field: str,
        vectors: Sequence[NDArray[np.float32] | Sparse],
        limit: int,
        collection_id: int,
        allowed: Keys | None,
        *,
        at_once: bool,
    ) -> list[list[int]]:
        """For each vector the keys with the greatest inner products, best first: of ``field`` "vector" or "words".

        With ``at_once``, of all that was written before; else of what was some seconds ago, without a wait.
        """
        with self._asked() as client:
            found = client.search(
                name,
                [*vectors],
                filter=_of(collection_id, allowed),
                limit=min(limit, MOST_FOUND),
                anns_field=field,
                search_params={"metric_type": "IP", "params": {}},
                consistency_level="Strong" if at_once else "Bounded",
                timeout=READ_S,
            )
        return [[int(hit["id"]) for hit in hits] for hits in found]

    def _create(self, client: "MilvusClient", name: str, dimension: int) -> None:
        from pymilvus import DataType, MilvusException

        fields = client.create_schema(auto_id=False, enable_dynamic_field=False)
        fields.add_field("id", DataType.INT64, is_primary=True)
        fields.add_field("collection_id", DataType.INT64, is_partition_key=True)
        fields.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        fields.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        fields.add_field("body_length", DataType.INT32)
        fields.add_field("context_length", DataType.INT32)
        indexes = client.prepare_index_params()
        indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        try:
            client.create_collection(name, schema=fields, index_params=indexes, timeout=WRITE_S)
        except MilvusException:
            if not client.has_collection(name, timeout=READ_S):  # else another replica was quicker
                raise


def _of(collection_id: int, keys: Keys | None = None) -> str:
    """The filter of a collection's rows, or of those with some keys.

    Written out: milvus-lite does not know the templates that spare Milvus the parsing of a list.
    """
    condition = f"collection_id == {collection_id}"
    return condition if keys is None else f"{condition} and id in {keys.tolist()}"


def _all(client: "MilvusClient", name: str, condition: str, field: str) -> Iterator[dict[str, Any]]:
    rows = client.query_iterator(
        name, batch_size=_AT_ONCE, filter=condition, output_fields=[field], consistency_level="Strong"
    )
    try:
        while some := rows.next():
            yield from some
    finally:
        rows.close()


def _as_entity(collection_id: int, row: Row) -> dict[str, Any]:
    return {
        "id": row.key,
        "collection_id": collection_id,
        "vector": row.vector,
        "words": row.words,
        "body_length": row.body_length,
        "context_length": row.context_length,
    }
