"""A place moved to another while it is served: collections, and with it the service's state; checked, then switched."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from core.errors import Conflict, InvalidRequest
from index import collections, schema
from index.build_lock import build_lock
from index.collections import Collection
from index.sealed import THROUGH, moved_to, through
from index.store import Store
from service.engine import Engine
from service.moving import compare, moves
from service.moving.collection import CollectionMove, make_same
from service.moving.compare import Agreement
from service.moving.moves import Origin
from service.moving.places import Target, named, place_name
from service.moving.state import MovedState, StateMove
from service.moving.switch import sealed, take_into_use
from service.settings import Settings

_ROUNDS = 20
_FEW = 200  # documents that are taken up while nobody can write

Told = Callable[[str, int, int], None]
"""Is told what is done to which collection, and how far it is: documents done, of how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be moved. ``switch`` ends with nothing more being written to where it was."""

    collections: Sequence[str] = ()  # none: all
    state: bool = False
    switch: bool = False
    questions: int = 50


@dataclass(frozen=True, slots=True)
class MovedCollection:
    """``copied`` counts documents that were written or taken out by this run; ``agreement`` is that of the searches."""

    name: str
    documents: int
    passages: int
    copied: int
    originals_missing: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Moved:
    """What is in the new place now, checked. ``dropped`` were there from a former run, and are gone here."""

    source: str
    target: str
    collections: Sequence[MovedCollection]
    dropped: Sequence[str]
    state: Sequence[MovedState]
    switched: bool


def move(settings: Settings, target: Target, wanted: Wanted, told: Told) -> Moved:
    """Bring all of it to the target, and compare. It is gone on with after a kill, and run again it takes up what was
    written since.

    Raises NotFound (no such collection), Conflict, IndexMismatch, IndexBroken (not the same), NotReady, InvalidRequest.
    """
    if wanted.switch and wanted.collections:
        raise InvalidRequest("A switch takes all collections along.", "Leave --collection out, or --switch.")
    with ExitStack() as stack:
        source = stack.enter_context(Engine.open(settings)).store
        there = stack.enter_context(Engine.open(target.settings, source.encoder)).store
        moving = _Move(settings, target, source, there, wanted, told)
        return moving.run() if target.is_other_database else moving.search_elsewhere()


class _Move:
    def __init__(
        self, settings: Settings, target: Target, source: Store, there: Store, wanted: Wanted, told: Told
    ) -> None:
        self._source = source
        self._target = there
        self._wanted = wanted
        self._told = told
        self._from, self._to = place_name(settings), place_name(target.settings)
        self._names = named(settings), named(target.settings)
        self._state = StateMove(settings.place, target.settings.place)
        self._copied: dict[str, int] = {}
        self._same_at: dict[str, int] = {}  # the generation that a collection was the same at, but for later writes

    def search_elsewhere(self) -> Moved:
        """The catalog stays: the other engine takes it up, and is asked the same."""
        done = []
        for here in self._chosen():
            self._told(f"indexing {here.name}", 0, here.documents)
            self._target.refresh_dense(here, save=True)
            found = self._agreement(here, here)
            done.append(MovedCollection(here.name, here.documents, here.passages, 0, 0, found))
        return Moved(*self._names, done, (), (), switched=False)

    def run(self) -> Moved:
        self._target.catalog.engine.update_execution_options(**{THROUGH: True})
        try:
            with build_lock(self._target.place):
                return self._run()
        finally:
            self._state.close()

    def _run(self) -> Moved:
        self._check_not_ended()
        with_state = self._wanted.state or self._wanted.switch
        if with_state:
            self._check_state()
        if not self._wanted.collections:
            self._check_same_place()
        chosen = [(here, self._begin(here)) for here in self._chosen()]
        running = [CollectionMove(self._source, self._target, *pair, self._progress(pair[0])) for pair in chosen]
        for one in running:
            self._bring_up(one)
        state = self._move_state() if with_state else []
        sources = [*self._state.engines_of_source(), self._source.catalog.engine] if self._wanted.switch else []
        with sealed(sources, self._to):
            if self._wanted.switch:
                self._check_same_collections([here for here, _ in chosen])
                self._state.check_jobs()
                state = self._move_state()
            dropped = self._drop_stale()
            done = [self._finish(one) for one in running]
            if self._wanted.switch:
                take_into_use(self._state.engines_of_target(), self._target.catalog.engine, self._from)
        return Moved(*self._names, done, dropped, state, self._wanted.switch)

    def _bring_up(self, one: CollectionMove) -> None:
        name = one.here.name
        self._copied[name] = 0
        for _ in range(_ROUNDS):
            found = one.round()
            self._copied[name] += found.changed
            if found.changed <= _FEW:
                break
        self._told(f"comparing {name}", 0, one.here.documents)
        make_same(one)
        self._told(f"indexing {name}", 0, one.here.documents)
        self._target.refresh_dense(one.there, save=True)
        last = one.round()
        self._copied[name] += last.changed
        self._same_at[name] = last.generation

    def _finish(self, one: CollectionMove) -> MovedCollection:
        """What was written since is taken up while nobody can write; then it answers under its name."""
        name = one.here.name
        with schema.write(through(self._source.catalog.engine)) as holding:
            # Metadata and what is noted of sources change without a new generation: no search depends on them. The
            # next run takes up metadata; after a switch there is none.
            is_same = collections.get(holding, name).generation == self._same_at[name]
            self._copied[name] += one.rows() if is_same and not self._wanted.switch else one.round().changed
            with schema.read(self._target.catalog.engine) as connection:
                compare.check_counts(name, compare.counts(holding, one.here), compare.counts(connection, one.there))
        self._target.refresh_dense(one.there, save=True)
        found = self._agreement(one.here, one.there)
        with schema.write(self._target.catalog.engine) as connection:
            moves.show(connection, one.there, name)
        present = self._target.catalog.collection(name)
        missing = len(one.originals_missing)
        return MovedCollection(name, present.documents, present.passages, self._copied[name], missing, found)

    def _agreement(self, here: Collection, there: Collection) -> Agreement:
        return compare.agreement(self._source, here, self._target, there, self._wanted.questions)

    def _chosen(self) -> list[Collection]:
        names = list(dict.fromkeys(self._wanted.collections))
        if names:
            return [self._source.catalog.collection(name) for name in names]
        return self._source.catalog.collections()

    def _begin(self, here: Collection) -> Collection:
        with schema.write(self._target.catalog.engine) as connection:
            return moves.begin(connection, Origin.of(self._from, here), here)

    def _check_same_place(self) -> None:
        with schema.write(self._target.catalog.engine) as connection:
            moves.check_same_place(connection, self._from, self._origins())

    def _origins(self) -> list[Origin]:
        return [Origin.of(self._from, one) for one in self._source.catalog.collections()]

    def _drop_stale(self) -> list[str]:
        if self._wanted.collections:
            return []
        origins = self._origins()
        with schema.write(self._target.catalog.engine) as connection:
            gone = moves.stale(connection, self._from, origins)
        for one in gone:
            self._target.drop(one)
        return [one.name for one in gone if not one.is_hidden]

    def _check_not_ended(self) -> None:
        """Raises Conflict after a switch: what is there was written to since, and shall not be set back."""
        with schema.read(self._source.catalog.engine) as connection:
            if moved_to(connection) != self._to:
                return
        with schema.write(self._target.catalog.engine) as connection:
            is_under_way = moves.is_under_way(connection, self._from)
        if not is_under_way:
            raise Conflict(
                f"All of it was moved to {self._to} before: that is the place in use.",
                "Start with its settings. To take the old place into use again, move in the other direction.",
            )

    def _check_state(self) -> None:
        self._state.check_jobs()
        with schema.write(self._target.catalog.engine) as connection:
            is_ours = moves.is_state_of(connection, self._from)
        if is_ours:
            self._state.check_acts()
        else:
            self._state.check_empty()

    def _move_state(self) -> list[MovedState]:
        with schema.write(self._target.catalog.engine) as connection:
            moves.note_state(connection, self._from)
        return self._state.run()

    def _check_same_collections(self, chosen: Sequence[Collection]) -> None:
        """Raises Conflict where one was made, deleted, renamed or built anew while the others were copied."""
        present = {(one.id, one.name) for one in self._source.catalog.collections()}
        if present != {(one.id, one.name) for one in chosen}:
            raise Conflict(
                "Collections were made, deleted, renamed or built anew meanwhile.",
                "Run it again: it goes on from here.",
            )

    def _progress(self, here: Collection) -> Callable[[int, int], None]:
        return lambda done, total: self._told(f"copying {here.name}", done, total)
