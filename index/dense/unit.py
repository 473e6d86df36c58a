"""A question's vector as a search takes it."""

import numpy as np
from numpy.typing import NDArray


def unit_of(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of length 1, so that inner products with passages' vectors are cosines; a vector of zeros stays."""
    return np.ascontiguousarray(vector / (float(np.linalg.norm(vector)) or 1.0), dtype=np.float32)
