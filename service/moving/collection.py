"""One collection brought from one store to another, while the first goes on to be written to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from core.errors import Conflict, IndexBroken, NotFound
from index import collections, schema
from index.collections import Collection
from index.dense.manifest import digest as digest_of_file
from index.pieces import batched, pieces_of
from index.store import Store
from service.moving.documents import (
    Known,
    Whole,
    batches,
    known,
    put_rest,
    put_whole,
    read_whole,
    remove,
    without_nul,
)

_ROWS_AT_ONCE = 500
_TRIES = 3
# What is known of sources without a document, by the column that tells rows of a collection apart.
_ROWS: tuple[tuple[Table, str], ...] = (
    (schema.replaced_documents, "document_id"),
    (schema.failed_sources, "uri"),
)

Told = Callable[[int, int], None]
"""Is told how many documents are there of how many; what it raises ends the move, which the next one goes on with."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one comparison found and made good, and the state of the source that it was begun at."""

    changed: int
    generation: int


class CollectionMove:
    """From ``source`` to ``target``; both are opened stores, and ``there`` is the target's collection."""

    def __init__(self, source: Store, target: Store, here: Collection, there: Collection, told: Told) -> None:
        self._source = source
        self._target = target
        self.here = here
        self.there = there
        self._told = told
        self._to_server = target.place.on_server
        self.originals_missing: set[str] = set()

    def round(self) -> Round:
        """Bring the target up to what the source is: afterwards it is, but for what was written meanwhile."""
        generation = self._present().generation
        total = self._count()
        have = dict(known(self._target.catalog.engine, self.there))
        changed = done = 0
        lacking: list[tuple[str, Known]] = []
        differing: list[tuple[str, Known]] = []
        for document_id, one in known(self._source.catalog.engine, self.here):
            there = have.pop(document_id, None)
            if there is None or there.version != one.version:
                lacking.append((document_id, one))
            elif there.rest != one.rest:
                differing.append((document_id, one))
            else:
                done += 1
        self._told(done, total)
        for ids in batches(lacking):
            changed += len(ids)
            done += self.copy(ids)
            self._told(min(done, total), total)
        for ids in batches(differing):
            changed += len(ids)
            put_rest(self._target.catalog.engine, self.there, self._read(ids))
        if have:  # after what took the place of some at their addresses
            changed += len(have)
            self._target.discard_originals(remove(self._target.catalog.engine, self.there, list(have)))
        return Round(changed + self.rows(), generation)

    def copy(self, ids: list[str]) -> int:
        """Write these documents anew; gives how many of them there are."""
        some = self._read(ids)
        digests = {one.sha256 for one in some}

        def keep() -> None:
            for digest in sorted(digests):
                self._keep_original(digest)

        keep()  # before the transaction, which is to be short; within it, what was discarded meanwhile
        put_whole(self._target.catalog.engine, self.there, some, keep)
        return len(some)

    def differing(self, among: list[str] | None = None) -> list[str]:
        """The ids of the documents, of all or of some, that are not the same in every column, passage and vector."""
        found: list[str] = []
        listed = list(known(self._source.catalog.engine, self.here)) if among is None else []
        total, done = len(listed), 0
        for ids in batches(listed) if among is None else batched(among, _ROWS_AT_ONCE):
            mine = {one.id: one.digest() for one in self._read(ids)}
            with schema.read(self._target.catalog.engine) as connection:
                theirs = {one.id: one.digest() for one in read_whole(connection, self.there, ids)}
            found += [document_id for document_id, digest in mine.items() if theirs.get(document_id) != digest]
            done += len(ids)
            if among is None:
                self._told(done, total)
        return found

    def _read(self, ids: list[str]) -> list[Whole]:
        with schema.read(self._source.catalog.engine) as connection:
            some = read_whole(connection, self.here, ids)
        return [without_nul(one) for one in some] if self._to_server else some

    def _present(self) -> Collection:
        with schema.read(self._source.catalog.engine) as connection:
            present = collections.find(connection, self.here.name)
        if present is None or present.id != self.here.id:
            raise Conflict(
                f"The collection {self.here.name!r} was deleted, renamed or built anew meanwhile.", "Run it again."
            )
        return present

    def _count(self) -> int:
        return next(c.documents for c in self._source.catalog.collections() if c.id == self.here.id)

    def _keep_original(self, digest: str) -> None:
        """One that is not there, or damaged, is counted: its document is moved all the same."""
        if digest in self.originals_missing:
            return
        try:
            path = self._source.originals.path(digest)
        except NotFound:
            self.originals_missing.add(digest)
            return
        if digest_of_file(path) != digest:
            self.originals_missing.add(digest)
            return
        try:
            with path.open("rb") as file:
                self._target.originals.put_pieces(digest, pieces_of(file))
        except FileNotFoundError:  # its document was deleted this moment
            return

    def rows(self) -> int:
        """Make the rows that belong to no document the same; gives how many were not."""
        changed = 0
        for table, column in _ROWS:
            with schema.read(self._source.catalog.engine) as connection:
                mine = _rows_of(connection, table, column, self.here)
            with schema.read(self._target.catalog.engine) as connection:
                theirs = _rows_of(connection, table, column, self.there)
            stale = [name for name, row in theirs.items() if mine.get(name) != row]
            fresh = [row for name, row in mine.items() if theirs.get(name) != row]
            if not stale and not fresh:
                continue
            changed += len({*stale, *(row[column] for row in fresh)})
            with schema.write(self._target.catalog.engine) as connection:
                for some in batched(stale, _ROWS_AT_ONCE):
                    own = (table.c.collection_id == self.there.id, table.c[column].in_(some))
                    connection.execute(delete(table).where(*own))
                for rows in batched(fresh, _ROWS_AT_ONCE):
                    connection.execute(insert(table), [{**row, "collection_id": self.there.id} for row in rows])
        return changed


def make_same(move: CollectionMove) -> None:
    """Compare every document whole, and copy what differs once more: a change may have come between.

    Raises IndexBroken where a document is not the same right after it was copied, again and again.
    """
    suspects = move.differing()
    for _ in range(_TRIES):
        if not suspects:
            return
        for ids in batched(suspects, _ROWS_AT_ONCE):
            move.copy(ids)
        suspects = move.differing(suspects)
    if suspects:
        raise IndexBroken(
            f"{len(suspects)} documents of {move.here.name!r} are not the same after they were moved: {suspects[0]}, …",
            "Run `footnoted verify` on both places.",
        )


def _rows_of(connection: Connection, table: Table, column: str, of: Collection) -> Mapping[str, dict[str, Any]]:
    columns = [one for one in table.c if one.name != "collection_id"]
    rows = connection.execute(select(*columns).where(table.c.collection_id == of.id)).mappings()
    return {row[column]: dict(row) for row in rows}
