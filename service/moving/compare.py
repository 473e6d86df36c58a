"""Whether a collection is the same in two places: numbers of rows, and what a sample of questions finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Select, Table, func, select

from core.errors import IndexBroken
from core.types import Hit
from index import collections, schema
from index.changes import vectors_of
from index.collections import Collection
from index.languages import StemmedLanguages
from index.search import Searched, SearchSettings, search
from index.store import Store

_TOP_K = 10
_WORDS = 12
_LEAST_AGREEMENT = 0.9
"""Of the first ten: approximate indexes find 98 of 100 each, and keyword engines round lengths in their own ways."""

_OF_COLLECTION = (
    schema.documents,
    schema.passages,
    schema.replaced_documents,
    schema.failed_sources,
)
_OF_DOCUMENTS = (schema.document_tags, schema.document_attributes, schema.document_labels, schema.document_quality)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of sampled questions: the share of the first ten hits that both places find, and of equal first hits."""

    questions: int
    shared: float
    same_first: float


def counts(connection: Connection, collection: Collection) -> Mapping[str, int]:
    """Rows by table."""
    found = {}
    for table in _OF_COLLECTION:
        found[table.name] = _count(connection, select(func.count()).where(table.c.collection_id == collection.id))
    for table in _OF_DOCUMENTS:
        found[table.name] = _count(connection, _of_documents(table, collection))
    return found


def check_counts(name: str, here: Mapping[str, int], there: Mapping[str, int]) -> None:
    """Raises IndexBroken where they differ."""
    differing = [f"{table}: {here[table]:,} and {there[table]:,}" for table in here if here[table] != there[table]]
    if differing:
        raise IndexBroken(
            f"{name!r} does not have the same number of rows in both places ({'; '.join(differing)}).",
            "Run it again; if it stays, run `footnoted verify` on both places.",
        )


def agreement(source: Store, here: Collection, target: Store, there: Collection, questions: int) -> Agreement:
    """Ask both the same questions, made of passages of the collection: nothing is embedded.

    Raises IndexBroken where they do not agree, NotReady where an index is not built yet.
    """
    asked = _sample(source, here, questions)
    shared, first = [], []
    for question, vector in asked:
        mine = _found(source, here, question, vector)
        theirs = _found(target, there, question, vector)
        ids = [[hit.passage.id for hit in hits] for hits in (mine, theirs)]
        most = max(map(len, ids))
        shared.append(len({*ids[0]} & {*ids[1]}) / most if most else 1.0)
        first.append(ids[0][:1] == ids[1][:1])
    found = Agreement(len(asked), _mean(shared), _mean(first))
    if found.shared < _LEAST_AGREEMENT:
        raise IndexBroken(
            f"Of the first {_TOP_K} hits of {len(asked)} questions to {here.name!r}, the new place finds "
            f"{found.shared:.0%} of those that the old one finds; at least {_LEAST_AGREEMENT:.0%} are expected.",
            "Run `footnoted verify` on both places, and move it again.",
        )
    return found


def _sample(store: Store, collection: Collection, count: int) -> list[tuple[str, np.ndarray]]:
    """Words of a passage, with a vector between its own and another's."""
    p = schema.passages.c
    chance = np.random.default_rng(0)
    with schema.read(store.catalog.engine) as connection:
        ends = select(func.min(p.key), func.max(p.key)).where(p.collection_id == collection.id)
        lowest, highest = connection.execute(ends).one()
        if lowest is None:
            return []
        drawn = []
        for key in chance.integers(lowest, highest + 1, size=2 * count):
            after = select(p.key, p.text).where(p.collection_id == collection.id, p.key >= int(key))
            drawn.append(connection.execute(after.order_by(p.key).limit(1)).one())
        keys = np.unique(np.array([row.key for row in drawn], dtype=np.int64))
        found, vectors = vectors_of(connection, keys, collection.spec.dimension)
    by_key = dict(zip(found.tolist(), vectors, strict=True))
    pairs = zip(drawn[:count], drawn[count:], strict=True)
    return [(" ".join(one.text.split()[:_WORDS]), _between(by_key[one.key], by_key[other.key])) for one, other in pairs]


def _between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    mean = 2 * first + second
    return np.asarray(mean / (np.linalg.norm(mean) or 1.0), dtype=np.float32)


def _found(store: Store, collection: Collection, question: str, vector: np.ndarray) -> Sequence[Hit]:
    with schema.read(store.catalog.engine) as connection:
        present = collections.by_id(connection, collection.id)
        if present is None:
            return ()
        languages = StemmedLanguages().get(connection, present)
        searched = Searched(present, store.dense(connection, present), store.words(present), languages, None)
        return search(connection, searched, question, vector, _TOP_K, SearchSettings()).hits


def _of_documents(table: Table, collection: Collection) -> Select[int]:
    own = schema.documents.c.collection_id == collection.id
    return select(func.count()).select_from(table.join(schema.documents)).where(own)


def _count(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 1.0
