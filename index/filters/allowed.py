"""The passages that a question may be answered from, as keys: exact before any search, and kept until a change."""

import threading
from collections import OrderedDict
from itertools import chain

import numpy as np
from sqlalchemy import Connection, Select, select

from index import schema
from index.collections import Collection
from index.dense.keys import Keys
from index.filters.filter import Filter
from index.filters.sql import (
    asks_for_language,
    keys_with_own_language,
    own_language_keys,
    passage_keys,
    passage_runs,
)

_KEPT_BYTES = 64 * 1024**2
_KEPT = 256
_LONGEST = 20_000  # characters of a filter that is remembered

_Asked = tuple[int, Filter | None, frozenset[str] | None]


def allowed_keys(
    connection: Connection, collection_id: int, where: Filter | None, labels: frozenset[str] | None = None
) -> Keys:
    """The keys of the passages whose documents ``where`` is true of, sorted, shape (n,); of a passage in another
    language than its document, that language counts.

    ``labels`` are those that the asker holds: of documents with labels, only those with one of them. None: of all.
    """
    keys = _by_document(connection, collection_id, where, labels)
    if where is None or not asks_for_language(where):
        return keys
    apart = _keys(connection, keys_with_own_language(collection_id))
    if not len(apart):
        return keys
    own = _keys(connection, own_language_keys(collection_id, where, labels))
    return np.union1d(np.setdiff1d(keys, apart, assume_unique=True), own)


def _by_document(
    connection: Connection, collection_id: int, where: Filter | None, labels: frozenset[str] | None
) -> Keys:
    rows = connection.execute(passage_runs(collection_id, where, labels))
    runs = np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, 3)
    first, last, count = runs[np.argsort(runs[:, 0])].T
    # A document's passages are written in one transaction, so their keys follow each other: a row each for a
    # million passages is what would take long.
    if (last - first + 1 == count).all():
        before = np.cumsum(count) - count
        return np.repeat(first - before, count) + np.arange(count.sum())
    return np.sort(_keys(connection, passage_keys(collection_id, where, labels)))


def _keys(connection: Connection, query: Select[tuple[int]]) -> Keys:
    return np.fromiter(connection.execute(query).scalars(), dtype=np.int64)


class AllowedKeys:
    """Remembers what ``allowed_keys`` gave, for as long as the collection is as it was. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Asked, tuple[int, Keys]] = OrderedDict()
        self._bytes = 0

    def get(
        self, connection: Connection, collection: Collection, where: Filter | None, labels: frozenset[str] | None
    ) -> Keys | None:
        """None where any passage may be found. The array is not to be written to."""
        if labels is not None and not _has_labels(connection, collection.id):
            labels = None
        if where is None and labels is None:
            return None
        asked = (collection.id, where, labels)
        with self._lock:
            generation, keys = self._kept.get(asked, (-1, None))
            if keys is not None and generation == collection.generation:
                self._kept.move_to_end(asked)
                return keys
        found = allowed_keys(connection, collection.id, where, labels)
        found.flags.writeable = False
        with self._lock:
            self._keep(asked, collection.generation, found)
        return found

    def _keep(self, asked: _Asked, generation: int, keys: Keys) -> None:
        _, former = self._kept.pop(asked, (0, None))
        self._bytes += keys.nbytes - (0 if former is None else former.nbytes)
        if len(repr(asked)) > _LONGEST:  # the filter itself is kept, too
            self._bytes -= keys.nbytes
            return
        self._kept[asked] = (generation, keys)
        while len(self._kept) > _KEPT or (self._bytes > _KEPT_BYTES and len(self._kept) > 1):
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= dropped.nbytes


def _has_labels(connection: Connection, collection_id: int) -> bool:
    labelled = select(schema.document_labels.c.label).join(schema.documents)
    return (
        connection.execute(labelled.where(schema.documents.c.collection_id == collection_id).limit(1)).first()
        is not None
    )
