"""Brings the inverted index's tables up to the catalog's state: in one transaction all of it, or nothing.

New passages are written into blocks of their own, as fresh ones, so that a document costs what it is large; when there
are many, their blocks are joined with each other (the log-structured merge of every search engine, with two levels).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import structlog
from sqlalchemy import Connection, Engine, delete, select, text, update

from index import changes, collections, passages, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.engines.postgres import tables
from index.engines.postgres.behind import FORM, State, state_of, terms_of
from index.engines.postgres.bm25 import Statistics
from index.engines.postgres.postings import Block, Gathered, joined, read, written
from index.pieces import batched
from index.postgres.pool import lock_key
from index.sealed import through

AT_ONCE = 20_000  # passages of one transaction: more would only hold its lock for long
_FRESH = 4_096  # passages whose blocks are not joined yet
_ROWS = 5_000  # of one statement
_GONE = 500  # passages that are taken out by one statement
_JOINED_LEVEL, _FRESH_LEVEL = 0, 1
_OF_NO_USE = 2**62  # a generation that no catalog reaches: its words are not searched, and are cleared when it is met

log = structlog.get_logger("footnoted")

_INSERT_BLOCKS = text(
    "INSERT INTO term_postings (collection_id, level, term, first_key, postings) "
    "SELECT :collection_id, :level, one.term, one.first_key, one.postings "
    "FROM unnest(CAST(:terms AS text[]), CAST(:first_keys AS bigint[]), CAST(:packed AS bytea[])) "
    "AS one(term, first_key, postings)"
)
_INSERT_PASSAGES = text(
    "INSERT INTO term_passages (collection_id, key, context, body) "
    "SELECT :collection_id, one.key, one.context, one.body "
    "FROM unnest(CAST(:keys AS bigint[]), CAST(:contexts AS text[]), CAST(:bodies AS text[])) "
    "AS one(key, context, body)"
)
_TAKE_PASSAGES = text(
    "DELETE FROM term_passages WHERE collection_id = :collection_id AND key = ANY(CAST(:keys AS bigint[])) "
    "RETURNING key, context, body"
)
# The block that a key is in is the last one that begins at it or before it.
_BLOCKS_OF = text(
    "SELECT DISTINCT ON (level, term, first_key) level.level, gone.term, one.first_key, one.postings "
    "FROM unnest(CAST(:terms AS text[]), CAST(:keys AS bigint[])) AS gone(term, key) "
    "CROSS JOIN (VALUES (0), (1)) AS level(level) CROSS JOIN LATERAL ("
    "SELECT p.first_key, p.postings FROM term_postings p WHERE p.collection_id = :collection_id "
    'AND p.level = level.level AND p.term = gone.term COLLATE "C" AND p.first_key <= gone.key '
    "ORDER BY p.first_key DESC LIMIT 1) AS one"
)
_DELETE_BLOCKS = text(
    "DELETE FROM term_postings p USING unnest(CAST(:levels AS int[]), CAST(:terms AS text[]), "
    "CAST(:first_keys AS bigint[])) AS one(level, term, first_key) WHERE p.collection_id = :collection_id "
    'AND p.level = one.level AND p.term = one.term COLLATE "C" AND p.first_key = one.first_key'
)
_UPDATE_BLOCKS = text(
    "UPDATE term_postings p SET postings = one.postings FROM unnest(CAST(:levels AS int[]), CAST(:terms AS text[]), "
    "CAST(:first_keys AS bigint[]), CAST(:packed AS bytea[])) AS one(level, term, first_key, postings) "
    "WHERE p.collection_id = :collection_id AND p.level = one.level "
    'AND p.term = one.term COLLATE "C" AND p.first_key = one.first_key'
)
_TAKE_FRESH = text(
    "WITH taken AS (DELETE FROM term_postings WHERE collection_id = :collection_id AND level = 1 "
    "RETURNING term, first_key, postings) SELECT term, first_key, postings FROM taken ORDER BY term, first_key"
)

_s, _p, _t = tables.states.c, tables.postings.c, tables.passages.c


def catch_up(engine: Engine, collection_id: int) -> bool:
    """Write what is missing, with so many passages as are written at once; whether there are more.

    Waits for who writes the same collection's. Raises NotReady, IndexBroken.
    """
    with schema.write(through(engine), alone=False) as connection:  # of a catalog that was moved away, too
        present = _alone_with(connection, collection_id)
        return _caught_up(connection, present) if present is not None else False


def make_anew(engine: Engine, collection_id: int) -> None:
    """All of a collection's, without what was removed: until it is done, questions are answered by what was there."""
    with schema.write(through(engine), alone=False) as connection:  # of a catalog that was moved away, too
        present = _alone_with(connection, collection_id)
        if present is not None:
            _clear(connection, collection_id)
            while _caught_up(connection, present):
                pass


def forget(engine: Engine, collection_id: int) -> None:
    """All of a collection's: another engine searches."""
    with schema.write(through(engine), alone=False) as connection:  # of a catalog that was moved away, too
        if _alone_with(connection, collection_id) is not None:
            _clear(connection, collection_id)


def forget_states_before(connection: Connection, collection_id: int, generation: int) -> None:
    """Another engine has the catalog forget what was removed up to the generation: words as of before would have it for
    ever, so they are of no use, and are written anew when PostgreSQL searches again.
    """
    behind = (_s.collection_id == collection_id, _s.generation < generation)
    connection.execute(update(tables.states).where(*behind).values(generation=_OF_NO_USE))


def drop_leftovers(engine: Engine) -> None:
    """What is of no collection any more."""
    c = schema.collections.c
    with schema.write(through(engine), alone=False) as connection:  # of a catalog that was moved away, too
        left = select(_s.collection_id).where(_s.collection_id.not_in(select(c.id)))
        for collection_id in connection.execute(left).scalars().all():
            if _alone_with(connection, collection_id) is None:
                _clear(connection, collection_id)


def _alone_with(connection: Connection, collection_id: int) -> Collection | None:
    """Until the end of the transaction nobody else writes the collection's words. None where it is gone."""
    key = {"key": lock_key(f"words {collection_id}")}
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
    return collections.by_id(connection, collection_id)


def _caught_up(connection: Connection, present: Collection) -> bool:
    # Others write to the catalog: what they add or remove after its generation was read is looked at again, in vain.
    state = state_of(connection, present.id)
    if state is not None:
        if state.generation == present.generation:
            return False
        state.check_own(present.id)
    if state is None or state.generation > present.generation:
        if _clear(connection, present.id):
            log.warning("words_made_anew", collection=present.name, message="Keyword search finds less until they are.")
        state = State()
    rows = passages.after(connection, present.id, state.last_key, AT_ONCE)
    removed = changes.removed_since(connection, present.id, state.generation)
    statistics = _take_out(connection, present.id, removed[removed <= state.last_key], state.statistics)
    fresh = state.fresh
    is_large = len(rows) >= _FRESH
    if is_large or fresh + len(rows) > _FRESH:
        _join(connection, present.id)
        fresh = 0
    gathered = _write(connection, present.id, rows, _JOINED_LEVEL if is_large else _FRESH_LEVEL)
    is_all = len(rows) < AT_ONCE
    reached = State(
        present.generation if is_all else state.generation,
        rows[-1].key if rows else state.last_key,
        fresh + (0 if is_large else len(rows)),
        Statistics(
            statistics.passages + gathered.passages,
            statistics.body_terms + gathered.body_terms,
            statistics.context_terms + gathered.context_terms,
        ),
    )
    _keep(connection, present.id, reached)
    if is_all:  # vectors are searched where they are: nothing else is derived from the catalog
        changes.forget_removals(connection, present.id, present.generation)
    return not is_all


def _write(connection: Connection, collection_id: int, rows: Iterable[passages.Searched], level: int) -> Gathered:
    gathered, own = Gathered(), []
    for row in rows:
        context, body = terms_of(row)
        gathered.add(row.key, context, body)
        own.append((row.key, written(context), written(body)))
    for some in batched(own, _ROWS):
        keys, contexts, bodies = (list(column) for column in zip(*some, strict=True))
        given = {"collection_id": collection_id, "keys": keys, "contexts": contexts, "bodies": bodies}
        connection.execute(_INSERT_PASSAGES, given)
    _insert(connection, collection_id, gathered.rows(), level)
    return gathered


def _insert(connection: Connection, collection_id: int, rows: Iterable[tuple[str, Block]], level: int) -> None:
    for some in batched(rows, _ROWS):
        given = {
            "collection_id": collection_id,
            "level": level,
            "terms": [term for term, _ in some],
            "first_keys": [block.first_key for _, block in some],
            "packed": [block.packed for _, block in some],
        }
        connection.execute(_INSERT_BLOCKS, given)


def _join(connection: Connection, collection_id: int) -> None:
    """The fresh blocks become few and full ones, after those that are there."""
    rows = connection.execute(_TAKE_FRESH, {"collection_id": collection_id}).all()

    def fuller() -> Iterator[tuple[str, Block]]:
        for term, own in groupby(rows, key=lambda row: str(row.term)):
            for block in joined(Block(row.first_key, row.postings) for row in own):
                yield term, block

    _insert(connection, collection_id, fuller(), _JOINED_LEVEL)


def _take_out(connection: Connection, collection_id: int, keys: Keys, statistics: Statistics) -> Statistics:
    """Passages leave the lists; gives the statistics without them. What is not there is passed over."""
    for some in batched(keys.tolist(), _GONE):
        rows = connection.execute(_TAKE_PASSAGES, {"collection_id": collection_id, "keys": some}).all()
        by_term: dict[str, list[int]] = defaultdict(list)
        contexts, bodies = 0, 0
        for row in rows:
            context, body = read(row.context), read(row.body)
            contexts, bodies = contexts + len(context), bodies + len(body)
            for term in {*context, *body}:
                by_term[term].append(row.key)
        _take_out_of(connection, collection_id, by_term)
        statistics = Statistics(
            statistics.passages - len(rows), statistics.body_terms - bodies, statistics.context_terms - contexts
        )
    return statistics


def _take_out_of(connection: Connection, collection_id: int, by_term: dict[str, list[int]]) -> None:
    pairs = [(term, key) for term, keys in by_term.items() for key in keys]
    for some in batched(pairs, _ROWS):
        terms, keys = (list(column) for column in zip(*some, strict=True))
        given = {"collection_id": collection_id, "terms": terms, "keys": keys}
        changed, empty = [], []
        for level, term, first_key, packed in connection.execute(_BLOCKS_OF, given):
            block = Block(first_key, packed)
            left = block.without(np.array(sorted(by_term[term]), dtype=np.int64))
            if left is None:
                empty.append((level, term, block))
            elif len(left.packed) < len(packed):
                changed.append((level, term, left))
        for statement, found in ((_UPDATE_BLOCKS, changed), (_DELETE_BLOCKS, empty)):
            if found:
                levels, named, blocks = (list(column) for column in zip(*found, strict=True))
                columns = {"levels": levels, "terms": named, "first_keys": [block.first_key for block in blocks]}
                if statement is _UPDATE_BLOCKS:
                    columns["packed"] = [block.packed for block in blocks]
                connection.execute(statement, {"collection_id": collection_id, **columns})


def _keep(connection: Connection, collection_id: int, state: State) -> None:
    values = {
        "analysis": FORM,
        "generation": state.generation,
        "last_key": state.last_key,
        "fresh": state.fresh,
        "passages": state.statistics.passages,
        "body_terms": state.statistics.body_terms,
        "context_terms": state.statistics.context_terms,
    }
    statement = schema.insert(connection, tables.states).values(collection_id=collection_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[_s.collection_id], set_=values))


def _clear(connection: Connection, collection_id: int) -> bool:
    """Whether there was anything."""
    of_collection = ((tables.postings, _p), (tables.passages, _t), (tables.states, _s))
    gone = [
        connection.execute(delete(table).where(column.collection_id == collection_id)).rowcount
        for table, column in of_collection
    ]
    return any(gone)
