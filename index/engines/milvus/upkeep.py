"""When Milvus is brought up to date: after writes, before questions, beside them, and after something was lost."""

from functools import partial

import structlog
from sqlalchemy import Connection, Engine

from core.errors import FootnotedError, NotReady
from index import changes, collections, schema
from index.beside import Beside
from index.collections import Collection
from index.engines.milvus.client import Milvus
from index.engines.milvus.connection import CollectionMissing
from index.engines.milvus.counts import MilvusCounts
from index.engines.milvus.filling import LINGER_S, Filling, Step
from index.engines.milvus.state import State
from index.engines.postgres import writing
from index.sealed import through

_AT_ONCE = 5_000  # passages of one step, for which others wait
_IN_A_QUESTION = 1_000  # it does not wait for more
_FLUSHED_FROM = 1_000  # passages; for less, Milvus would make many small files
_FLUSHED_AT = 20_000  # without waiting for the end: what is not indexed is searched row by row

log = structlog.get_logger("footnoted")


class Upkeep:
    """Of all collections, safe from several threads. Everything but ``refresh`` and ``save`` raises NotReady."""

    def __init__(self, catalog: Engine, counts: MilvusCounts, milvus: Milvus, filling: Filling) -> None:
        self.background = False
        """Whether what takes long is done in threads, while questions are told to come again."""
        self._catalog = catalog
        self._counts = counts
        self._milvus = milvus
        self._filling = filling
        self._is_swept = False
        self._written: dict[int, int] = {}
        self._looked_at: set[int] = set()
        self._beside = Beside()

    def refresh(self, collection: Collection) -> None:
        """Take up all there is; in the background what is more than a question may wait for. What cannot be written is
        told in the log: the catalog has it.
        """
        try:
            if self.background:
                # Whoever is at it may have read the catalog before this was written.
                step = self.step(collection, _IN_A_QUESTION, wait=True)
                if step is not None and step.more:
                    self._fill_beside(collection)
            else:
                self.fill(collection)
            self._sweep()
        except FootnotedError as error:
            log.warning("milvus_not_filled", collection=collection.name, message=str(error))

    def save(self, collection: Collection) -> None:
        """Where much was written, Milvus is told to index it now."""
        if self._written.pop(collection.id, 0) < _FLUSHED_FROM:
            return
        try:
            self._milvus.flush(self._counts.home(collection.spec.dimension))
        except (FootnotedError, CollectionMissing) as error:
            log.warning("milvus_not_flushed", collection=collection.name, message=str(error))

    def drop(self, collection: Collection) -> None:
        """Forget a collection; where Milvus cannot be reached, another time."""
        try:
            self._filling.drop(collection.id)
        except FootnotedError as error:
            self._is_swept = False
            log.warning("milvus_not_dropped", collection=collection.name, message=str(error))

    def present(self, connection: Connection, collection: Collection) -> tuple[State, bool]:
        """The state, up to date if little is to be done and nobody else is at it; and whether the connection's
        transaction sees it.
        """
        is_new = collection.id not in self._looked_at
        state = self._counts.state(collection.id, connection)
        if state is not None and not is_new and _is_whole(state, collection):
            if self.background and (state.is_due(LINGER_S) or state.is_reworded):
                self._fill_beside(collection)
            return state, True
        latest = self._counts.state(collection.id) or State.empty(collection.spec)
        if not is_new and _is_whole(latest, collection):
            return latest, False
        missing = changes.count_after(connection, collection.id, latest.last_key)
        is_first = latest.generation < 0 and missing <= _IN_A_QUESTION
        step = self.step(collection, _IN_A_QUESTION, wait=is_first)
        if step is None:  # somebody else is at it
            return self._counts.state(collection.id) or latest, False
        if step.more and self.background:
            self._fill_beside(collection)
        elif step.more and (step.state is None or step.state.generation < 0):
            return self.fill(collection) or latest, False
        return step.state or latest, False

    def step(self, collection: Collection, most: int, *, wait: bool) -> Step | None:
        """See Filling.step. What Milvus has lost is looked for, and written anew."""
        is_new = collection.id not in self._looked_at
        try:
            step = self._filling.step(collection, most, wait=wait, new=is_new)
        except CollectionMissing:
            is_new = True
            try:
                step = self._filling.step(collection, most, wait=wait, new=True)
            except CollectionMissing as error:
                raise lost(collection, error) from error
        if step is None:
            return None
        if is_new:
            self._looked_at.add(collection.id)
        if step.added:
            self._written[collection.id] = self._written.get(collection.id, 0) + step.added
        if step.removed and step.state is not None:
            with schema.write(through(self._catalog), alone=False) as connection:
                changes.forget_removals(connection, collection.id, step.state.deleted)
                writing.forget_states_before(connection, collection.id, step.state.deleted)
        return step

    def fill(self, collection: Collection) -> State | None:
        """Take up all there is. Raises NotReady, also where somebody else is at it for long."""
        while True:
            step = self.step(collection, _AT_ONCE, wait=True)
            if step is None:
                raise NotReady(f"Another process is filling Milvus with {collection.name!r}.", "Try again in a minute.")
            if self._written.get(collection.id, 0) >= _FLUSHED_AT:
                self.save(collection)
            if not step.more:
                return step.state

    def _fill_beside(self, collection: Collection) -> None:
        self._beside.run(f"milvus-{collection.id}", partial(self._take_up, collection))

    def _take_up(self, collection: Collection) -> None:
        try:
            self.fill(collection)
        except FootnotedError as error:
            log.warning("milvus_not_filled", collection=collection.name, message=str(error))

    def _sweep(self) -> None:
        """Drop what is left of collections that were deleted while Milvus could not be reached, once."""
        if self._is_swept:
            return
        for collection_id in self._counts.collection_ids():
            with schema.read(self._catalog) as connection:
                is_there = collections.by_id(connection, collection_id) is not None
            if not is_there:
                self._filling.drop(collection_id)
        self._is_swept = True

    def look_again(self, collection: Collection) -> None:
        """Milvus was started anew, with its data or without: have what it lacks written, or told."""
        self._looked_at.discard(collection.id)
        step = self.step(collection, _IN_A_QUESTION, wait=True)
        if step is None or step.state is None or step.state.generation < 0:
            raise lost(collection, "it was emptied")


def _is_whole(state: State, collection: Collection) -> bool:
    return state.generation >= collection.generation and state.fits(collection.spec) and not state.is_older


def lost(collection: Collection, reason: object) -> NotReady:
    """For who asks meanwhile."""
    return NotReady(
        f"Milvus does not have {collection.name!r} any more ({reason}); it is being filled anew.",
        "Nothing is lost. Ask again in a minute.",
    )
