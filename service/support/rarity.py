"""How telling a word is, and how alike two are, from multilingual-e5-small's vocabulary, which the reader brings.

The vocabulary is a unigram model (Kudo 2018), with a log probability for each piece: a word's surprisal in some hundred
languages, with no corpus of ours.
"""

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.packaged_e5 import PackagedE5
from service.answer.network import MODEL_FOLDER, open_network

_MOST = 30.0
_PIECES = 8


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """The word's surprisal in nats, at most 30."""
    return min(_MOST, float(-_scores()[_ids(word)].sum())) if word else 0.0


def likeness(word: str, other: str) -> float:
    """The cosine of the two words' embeddings, each the mean of its pieces'; 0 where there are none."""
    return float(_vector(word) @ _vector(other))


@lru_cache(maxsize=50_000)
def _vector(word: str) -> NDArray[np.float32]:
    ids = _ids(word)
    vector = _package().word_embeddings(ids).mean(axis=0) if len(ids) else np.zeros(1, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    unit: NDArray[np.float32] = vector / length if length else np.zeros(_package().sizes["hidden"], dtype=np.float32)
    return unit


def vectors(words: tuple[str, ...]) -> NDArray[np.float32]:
    """Unit vectors of words, shape (n, dimension)."""
    return np.stack([_vector(word) for word in words]) if words else np.zeros((0, 1), dtype=np.float32)


def _ids(word: str) -> NDArray[np.int64]:
    return np.array(_tokenizer().encode(word, add_special_tokens=False).ids[:_PIECES], dtype=np.int64)


def _package() -> PackagedE5:
    return open_network(MODEL_FOLDER).package


def _tokenizer() -> Any:
    return open_network(MODEL_FOLDER).tokenizer


@cache
def _scores() -> NDArray[np.float64]:
    return _package().piece_scores()
