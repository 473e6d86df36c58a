"""Which documents of a collection are nearly identical to others, without comparing each with each."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.near_identical import BAND_BINS, BANDS, NEAR, Matrix, similar
from ingest.signature import DIGEST_WORDS


class Group(NamedTuple):
    """Documents that hang together by near identity: rows of a matrix, with the similarity of each to the first."""

    rows: tuple[int, ...]
    similarities: tuple[float, ...]


def groups(rows: Matrix) -> list[Group]:
    """The documents of which each is nearly identical to another, in groups, by first row.

    Candidates share a band of their signatures (locality-sensitive hashing), so that not each is compared with each.
    """
    # Takes a moment to load, and only reports need it.
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(rows):
        return []
    pairs = np.unique(np.concatenate([*_candidates(rows)]), axis=0)
    pairs = pairs[similar(rows[pairs[:, 0]], rows[pairs[:, 1]]) >= NEAR]
    linked = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(rows), len(rows)))
    _, labels = connected_components(linked, directed=False)
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    found = sorted((part for part in parts if len(part) > 1), key=lambda part: int(part[0]))
    return [Group(tuple(part.tolist()), tuple(similar(rows[part[:1]], rows[part]).tolist())) for part in found]


def _candidates(rows: Matrix) -> Iterator[NDArray[np.intp]]:
    """Pairs of rows that share a band, the lower first: each with the first and the one before it in the band."""
    bands = [
        rows[:, :DIGEST_WORDS],
        *(rows[:, DIGEST_WORDS + band * BAND_BINS : DIGEST_WORDS + (band + 1) * BAND_BINS] for band in range(BANDS)),
    ]
    for band in bands:
        keys = np.ascontiguousarray(band).view(f"V{4 * band.shape[1]}")[:, 0]
        _, inverse = np.unique(keys, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        sizes = np.bincount(inverse)
        first = np.repeat(order[np.cumsum(sizes) - sizes], sizes)
        yield np.stack([first, order], axis=1)[first != order]
        same = inverse[order[1:]] == inverse[order[:-1]]
        yield np.stack([order[:-1], order[1:]], axis=1)[same]
