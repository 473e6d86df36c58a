"""Collections built beside those that answer: anew with another encoder or other sizes, as a copy, or put back.

A build reads and writes some documents at a time, so memory does not grow with the collection; one that was killed is
gone on with. What is written to the collection meanwhile is taken up before the swap.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from core.errors import Conflict, NotFound
from core.types import Document, Passage
from index import collections, documents, schema, stored, versions
from index.build_lock import build_lock
from index.collections import Collection, IndexSpec
from index.embedding import embed
from index.encode import Encoder
from index.passages import Embedded
from index.stored import Stored
from index.versions import Role

if TYPE_CHECKING:
    from index.store import Store

_REMOVED_AT_ONCE = 200  # documents, so that nobody else who writes waits for long
_ROUNDS = 20  # of taking up what was written during the one before
_SECOND = 1.0  # the catalog's times have no parts of one


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """``done`` of ``total`` documents are in; ``passages`` were embedded or copied since the build was taken up."""

    done: int
    total: int
    passages: int


Told = Callable[[BuildProgress], None]
"""Is told how far a build is; what it raises ends the build, which the next one goes on with."""


def rebuild(
    store: "Store",
    name: str,
    split: Callable[[Document], Sequence[Passage]],
    told: Told | None = None,
    sizes: tuple[int, int] | None = None,
    encoder: Encoder | None = None,
) -> int:
    """Make all passages and vectors anew beside those that answer, then swap; gives the number of documents.

    ``sizes`` are what ``split`` makes, kept as the collection's own. ``encoder`` is the store's, working
    elsewhere. Raises NotFound, Conflict.
    """
    with build_lock(store.place):
        sweep_held(store)
        with schema.write(store.catalog.engine) as connection:
            serving = collections.get(connection, name)
            own = serving.has_own_sizes or sizes is not None
            spec = IndexSpec(store.encoder.name, store.encoder.dimension, *(sizes or store.sizes_of(serving)))
            target = versions.begin(connection, serving, spec, own_sizes=own)

        def make(_: Connection, some: Sequence[Stored], embedded: Callable[[int], None]) -> list[Embedded]:
            return embed(
                store.catalog.engine, encoder or store.encoder, [split(one.document) for one in some], embedded
            )

        def finish(connection: Connection, source: Collection) -> None:
            stored.copy_rest(connection, source, target)
            versions.swap(connection, source, target)

        return _Build(store, serving, target, make, told).run(finish)


def copy(store: "Store", name: str, new_name: str, told: Told | None = None) -> int:
    """A second collection with the same documents; gives their number. Raises NotFound, Conflict, InvalidRequest."""
    collections.check_name(new_name)
    with build_lock(store.place):
        sweep_held(store)
        with schema.write(store.catalog.engine) as connection:
            source = collections.get(connection, name)
            collections.check_free(connection, new_name)
            target = versions.begin_copy(connection, source)

        def make(connection: Connection, some: Sequence[Stored], embedded: Callable[[int], None]) -> list[Embedded]:
            made = [stored.embedded(connection, one, source.spec.dimension) for one in some]
            embedded(sum(len(one.passages) for one in made))
            return made

        def finish(connection: Connection, source: Collection) -> None:
            collections.check_free(connection, new_name)
            stored.copy_rest(connection, source, target)
            versions.show(connection, target, new_name)

        with dropped_on_failure(store, target):
            return _Build(store, source, target, make, told).run(finish)


def roll_back(store: "Store", name: str) -> Collection:
    """The former version of a collection answers again, and may itself be undone the same way.

    Raises NotFound (there is none), Conflict (the collection was written to since).
    """
    with build_lock(store.place), schema.write(store.catalog.engine) as connection:
        serving = collections.get(connection, name)
        former = versions.find(connection, serving, Role.FORMER)
        if former is None:
            raise NotFound(
                f"There is no former version of {name!r}.",
                "`footnoted reindex` leaves one, which goes after the next write.",
            )
        if former.generation != serving.generation:
            raise Conflict(
                f"{name!r} was written to since it was built anew, so its former version lacks that.",
                "Set the former encoder and sizes, and run `footnoted reindex`.",
            )
        versions.swap(connection, serving, former.collection)
        return collections.get(connection, name)


def former(store: "Store", name: str) -> Collection | None:
    """What ``roll_back`` would put back, if it can. Raises NotFound."""
    with schema.read(store.catalog.engine) as connection:
        serving = collections.get(connection, name)
        found = versions.find(connection, serving, Role.FORMER)
        return found.collection if found is not None and found.generation == serving.generation else None


def sweep(store: "Store") -> None:
    """Drop what killed builds left, and former versions that cannot be put back. Nothing while something is built."""
    with schema.read(store.catalog.engine) as connection:
        if not versions.leftovers(connection):
            return
    try:
        with build_lock(store.place):
            sweep_held(store)
    except Conflict:  # the build that is running swept before it began
        return


def sweep_held(store: "Store") -> None:
    """For the holder of the lock."""
    with schema.read(store.catalog.engine) as connection:
        left = versions.leftovers(connection)
    for hidden in left:
        drop_hidden(store, hidden)


def drop_hidden(store: "Store", hidden: Collection) -> None:
    """Some documents at a time, and then the collection; a kill between leaves the rest to the next sweep."""
    d = schema.documents.c
    some = select(d.key).where(d.collection_id == hidden.id).limit(_REMOVED_AT_ONCE)
    while True:
        with schema.write(store.catalog.engine) as connection:
            keys = connection.execute(some).scalars().all()
            gone = documents.remove(connection, hidden.id, d.key.in_(keys), hidden=True)
        if not gone:
            break
        store.discard_originals(document.sha256 for document in gone)
    store.drop(hidden)


@contextmanager
def dropped_on_failure(store: "Store", hidden: Collection) -> Iterator[None]:
    """What cannot be gone on with does not stay."""
    try:
        yield
    except BaseException:
        drop_hidden(store, hidden)
        raise


_Make = Callable[[Connection, Sequence[Stored], Callable[[int], None]], list[Embedded]]
_Finish = Callable[[Connection, Collection], None]


class _Build:
    """Brings a hidden collection up to what another one has, until both have the same."""

    def __init__(self, store: "Store", source: Collection, target: Collection, make: _Make, told: Told | None) -> None:
        self._store = store
        self._engine = store.catalog.engine
        self._source_id = source.id
        self._name = source.name
        self._target = target
        self._make = make
        self._told = told
        self._done = self._total = self._passages = 0

    def run(self, finish: _Finish) -> int:
        """``finish`` is called in the transaction in which both are the same; gives the number of documents."""
        for _ in range(_ROUNDS):
            self._fill()
            generation = self._same_at()
            if generation is None:
                continue
            self._store.refresh_dense(self._target, save=True)  # so that its first question need not wait
            with schema.write(self._engine) as connection:
                source, _ = self._both(connection)
                if source.generation == generation:
                    finish(connection, source)
                    return self._done
        raise Conflict(
            f"{self._name!r} is written to faster than it can be built.", "Run it again later: it goes on from here."
        )

    def _fill(self) -> None:
        after, until = stored.START, collections.now()  # what comes later is for the next round
        with schema.read(self._engine) as connection:
            source, target = self._both(connection)
            self._total, self._done = documents.count(connection, source.id), documents.count(connection, target.id)
        while True:
            with schema.read(self._engine) as connection:
                source, target = self._both(connection)
                some = stored.read_some(connection, source, after, without=target)
                some = [one for one in some if one.place[0] <= until]
                is_over = not some or some[-1].place[0] < collections.now()
                made = self._make(connection, some, self._embedded) if some and is_over else []
            if not some:
                return
            if not is_over:  # one of them may be written again with the same time
                time.sleep(_SECOND)
                continue
            with schema.write(self._engine) as connection:
                source, _ = self._both(connection)
                left = stored.still_there(connection, source, some)  # not what was deleted or replaced meanwhile
                for one, passages in zip(some, made, strict=True):
                    if one.place in left:
                        stored.write(connection, self._target.id, one.values, passages)
                collections.bump(connection, self._target.id)
            self._done += len(left)
            after = some[-1].place
            self._tell()

    def _same_at(self) -> int | None:
        """The generation in which both have the same documents, if they do: the target has none that is not there."""
        with schema.read(self._engine) as connection:
            source, target = self._both(connection)
            lacking = stored.read_some(connection, source, stored.START, without=target)
            return None if lacking else source.generation

    def _both(self, connection: Connection) -> tuple[Collection, Collection]:
        source, target = (collections.by_id(connection, key) for key in (self._source_id, self._target.id))
        if source is None or target is None:
            raise Conflict(f"The collection {self._name!r} was deleted meanwhile.", "Nothing is left to do.")
        return source, target

    def _embedded(self, count: int) -> None:
        self._passages += count
        self._tell()

    def _tell(self) -> None:
        if self._told is not None:
            self._told(BuildProgress(self._done, max(self._total, self._done), self._passages))
