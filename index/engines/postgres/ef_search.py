"""How many candidates a search by pgvector's index has to keep (``hnsw.ef_search``) to find what it should."""

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select, text

from index import changes, schema
from index.collections import Collection
from index.engines.postgres.dense import PostgresDense, Vectors

_TRIED = (100, 150, 225, 340, 500, 750, 1_000)  # the last is the most that pgvector takes
_SEARCHES = 100
_TOP_K = 10
_EQUAL = 1e-5  # scores of passages that are alike differ by less

_p = schema.passages.c

log = structlog.get_logger("footnoted")


def least_ef_search(engine: Engine, collection: Collection, passages: int, recall: float) -> int:
    """The fewest of ``_TRIED`` that find this share of the best ten, or the most that can be. Raises NotReady.

    Tried with points between two passages: harder than questions, most of which are near a passage.
    """
    with schema.read(engine) as connection:
        extent = changes.extent(connection, collection.id)
    last_key = extent.last_key if extent is not None else 0
    points = _between(engine, collection, last_key)
    best = _best_scores(engine, collection, last_key, points)
    for ef_search in _TRIED:
        vectors = Vectors(collection.id, collection.spec.dimension, passages, ef_search)
        with schema.read(engine) as connection:
            dense = PostgresDense(connection, vectors)
            scores = [[score for _, score in dense.search(point, _TOP_K)] for point in points]
        found = [np.count_nonzero(np.array(row) >= least - _EQUAL) for row, least in zip(scores, best, strict=True)]
        share = float(np.mean(found)) / _TOP_K if found else 1.0
        if share >= recall:
            break
    else:
        log.warning("hnsw_recall_low", collection=collection.name, recall=round(share, 3), wanted=recall)
    return ef_search


def _between(engine: Engine, collection: Collection, last_key: int) -> NDArray[np.float32]:
    """Points between two passages, drawn by chance; shape (searches, dimension)."""
    chance = np.random.default_rng(0)
    with schema.read(engine) as connection:
        first = select(func.min(_p.key)).where(_p.collection_id == collection.id)  # keys are of all collections
        first_key = connection.execute(first).scalar_one() or last_key
        drawn = chance.integers(min(first_key, last_key), last_key, 4 * _SEARCHES, endpoint=True)
        query = text(
            "SELECT (SELECT min(key) FROM passages WHERE collection_id = :collection AND key >= drawn) "
            "FROM unnest(CAST(:drawn AS bigint[])) AS drawn"
        )
        keys = connection.execute(query, {"collection": collection.id, "drawn": drawn.tolist()}).scalars()
        some = np.unique([key for key in keys if key is not None]).astype(np.int64)
        vectors = changes.vectors_of(connection, some, collection.spec.dimension)[1]
    if not len(vectors):
        return vectors
    points = chance.choice(vectors, (_SEARCHES, 2)).sum(axis=1)
    return np.asarray(points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _best_scores(
    engine: Engine, collection: Collection, last_key: int, points: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The tenth best score of each point, by comparing all passages; shape (points,)."""
    best = np.full((len(points), _TOP_K), -np.inf, dtype=np.float32)
    for _, vectors in changes.stream(engine, collection.id, last_key, collection.spec.dimension):
        both = np.hstack([best, points @ vectors.T])
        best = np.partition(both, -_TOP_K, axis=1)[:, -_TOP_K:]
    return np.asarray(best.min(axis=1), dtype=np.float32)
