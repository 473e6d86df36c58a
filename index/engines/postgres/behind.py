"""What the inverted index lacks of the catalog: of what was written a moment ago, or by a process that was killed.

A question sees the catalog's state of one moment, and so does its keyword search: it reads what came since from the
catalog, and leaves out what went.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, text

from core.errors import NotReady
from index import changes, passages
from index.analyse import ANALYSIS, order_of, terms
from index.collections import Collection
from index.dense.keys import NO_KEYS, Keys
from index.engines.postgres import tables
from index.engines.postgres.bm25 import NOTHING, Statistics
from index.engines.postgres.postings import Gathered, read, stored, written
from index.passages import Searched

_MOST = 1_000  # passages that a question looks up itself; of what is more, it does without
FORM = f"{ANALYSIS}; blocks 1"
"""Names how terms are made, and how they are packed: what was written under an earlier name is written anew.

What a newer version wrote, which serves beside this one while replicas are updated, is searched and left as it is.
"""

_s = tables.states.c
_t = tables.passages.c


@dataclass(frozen=True, slots=True)
class State:
    """How far the tables are with a collection: its changes up to ``generation``, its passages up to ``last_key``.

    ``fresh`` passages are not in full blocks yet. ``form`` says how terms were made.
    """

    generation: int = -1
    last_key: int = 0
    fresh: int = 0
    statistics: Statistics = NOTHING
    form: str = ""

    @property
    def is_legible(self) -> bool:
        """Blocks of a newer version may be packed in another way."""
        return _packing(self.form) == _packing(FORM)

    def check_own(self, collection_id: int) -> None:
        """Raises NotReady where a newer version wrote them, whose terms are not to be mixed with ours."""
        if self.form != FORM:
            raise NotReady(
                f"The words of collection {collection_id} were written by a newer Footnoted, which is to write on.",
                "Update this one; or, to go back to it for good, run `footnoted verify --purge` with it.",
            )


@dataclass(frozen=True, slots=True)
class Behind:
    """``added`` and ``removed`` passages since the tables' state, and ``statistics`` with them; ``bodies`` are the
    written terms of those added, by key.

    Without ``has_tables``, nothing in them is of use. ``is_behind`` where there is anything to write.
    """

    statistics: Statistics
    added: Gathered = field(default_factory=Gathered)
    removed: Keys = field(default_factory=lambda: NO_KEYS)
    bodies: dict[int, str] = field(default_factory=dict)
    has_tables: bool = True
    is_behind: bool = False


def state_of(connection: Connection, collection_id: int) -> State | None:
    """None where there is none, or one of terms that an earlier version made in another way."""
    row = connection.execute(select(tables.states).where(_s.collection_id == collection_id)).mappings().first()
    if row is None or (row["analysis"] != FORM and order_of(row["analysis"]) <= order_of(FORM)):
        return None
    statistics = Statistics(row["passages"], row["body_terms"], row["context_terms"])
    return State(row["generation"], row["last_key"], row["fresh"], statistics, row["analysis"])


def _packing(form: str) -> str:
    return form.rpartition(";")[2]


class Lacking:
    """Remembers the passages that the last question of each collection has looked up. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[tuple[int, int], Gathered, dict[int, str]]] = {}

    def get(self, connection: Connection, collection: Collection) -> Behind:
        """In the transaction of the connection."""
        state, has_tables = state_of(connection, collection.id), True
        # Nothing yet, or of an older catalog's future, or of a newer version's.
        if state is None or state.generation > collection.generation or not state.is_legible:
            state, has_tables = State(), False
        if state.generation == collection.generation:
            return Behind(state.statistics)
        added, bodies = self._added(connection, collection, state)
        removed = changes.removed_since(connection, collection.id, state.generation)
        removed = removed[removed <= state.last_key]
        gone = lengths_of(connection, collection.id, removed[:_MOST])
        before = state.statistics
        statistics = Statistics(
            before.passages + added.passages - gone.passages,
            before.body_terms + added.body_terms - gone.body_terms,
            before.context_terms + added.context_terms - gone.context_terms,
        )
        return Behind(statistics, added, removed, bodies, has_tables, is_behind=True)

    def _added(self, connection: Connection, collection: Collection, state: State) -> tuple[Gathered, dict[int, str]]:
        at = collection.generation, state.last_key
        with self._lock:
            kept = self._kept.get(collection.id)
        if kept is not None and kept[0] == at:
            return kept[1], kept[2]
        gathered, bodies = Gathered(), {}
        for row in passages.after(connection, collection.id, state.last_key, _MOST):
            context, body = terms_of(row)
            gathered.add(row.key, context, body)
            bodies[row.key] = written(body)
        with self._lock:
            self._kept = {collection.id: (at, gathered, bodies)}  # of one: questions come in runs
        return gathered, bodies


def terms_of(row: Searched) -> tuple[list[str], list[str]]:
    """Of a passage's context and body, as they are stored, in order."""
    return _stored(terms(row.context, row.document_language)), _stored(terms(row.body, row.language))


def lengths_of(connection: Connection, collection_id: int, keys: Keys) -> Statistics:
    """Of those of the passages that were indexed."""
    if not len(keys):
        return NOTHING
    query = select(_t.context, _t.body).where(
        _t.collection_id == collection_id, text("key = ANY(CAST(:keys AS bigint[]))")
    )
    rows = connection.execute(query, {"keys": keys.tolist()}).all()
    return Statistics(len(rows), sum(len(read(row.body)) for row in rows), sum(len(read(row.context)) for row in rows))


def _stored(some: Sequence[str]) -> list[str]:
    return [name for term in some if (name := stored(term)) is not None]
