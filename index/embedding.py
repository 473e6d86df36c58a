"""Vectors for passages, made once for each text."""

from collections.abc import Callable, Sequence

import numpy as np
from sqlalchemy import Engine

from core.types import Passage
from index import schema
from index.encode import Encoder
from index.passages import Embedded, Halves, encoder_input, input_hash, vectors_by_input

_AT_ONCE = 8_192  # passages: enough to sort by length, and the inputs of a huge document stay few


def embed(
    engine: Engine,
    encoder: Encoder,
    documents: Sequence[Sequence[Passage]],
    progress: Callable[[int], None] | None = None,
) -> list[Embedded]:
    """Vectors for the passages of some documents, across which inputs of like length share a batch.

    Only for those whose input no collection holds already. ``progress`` is called with the number of passages
    done since the last call; what it raises ends the work.
    """
    flat = [passage for passages in documents for passage in passages]
    hashes: list[bytes] = []
    vectors = np.empty((len(flat), encoder.dimension), dtype="<f2")
    for start in range(0, len(flat), _AT_ONCE):
        some = [encoder_input(passage) for passage in flat[start : start + _AT_ONCE]]
        hashes += _embed(engine, encoder, some, vectors[start : start + len(some)], progress)
    made, start = [], 0
    for own in documents:
        end = start + len(own)
        made.append(Embedded(own, vectors[start:end], hashes[start:end]))
        start = end
    return made


def _embed(
    engine: Engine, encoder: Encoder, inputs: Sequence[str], out: Halves, progress: Callable[[int], None] | None
) -> list[bytes]:
    hashes = [input_hash(encoder.name, text) for text in inputs]
    with schema.read(engine) as connection:
        known = vectors_by_input(connection, hashes)
    first = {digest: i for i, digest in reversed([*enumerate(hashes)])}
    missing = [i for digest, i in first.items() if digest not in known]
    if progress is not None and len(missing) < len(inputs):
        progress(len(inputs) - len(missing))
    new = encoder.encode_passages([inputs[i] for i in missing], progress)
    known |= {hashes[i]: vector for i, vector in zip(missing, new.astype("<f2"), strict=True)}
    for i, digest in enumerate(hashes):
        out[i] = known[digest]
    return hashes
