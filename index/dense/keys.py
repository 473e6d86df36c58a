"""Passage keys: what the catalog and the derived indexes both know a passage by."""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
"""Passage keys of the catalog, shape (n,)."""

NO_KEYS: Keys = np.empty(0, dtype=np.int64)


def places_of(wanted: Keys, keys: Keys) -> NDArray[np.intp]:
    """Where in ``keys`` those of ``wanted`` are; what is not among them is left out. Both are sorted."""
    if not len(keys) or not len(wanted):
        return np.empty(0, dtype=np.intp)
    if len(wanted) > len(keys):
        nearest = wanted[np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)]
        return np.flatnonzero(nearest == keys)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: NDArray[np.intp] = places[keys[places] == wanted]
    return found
