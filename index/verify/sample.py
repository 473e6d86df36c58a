"""Checks that a sample has to stand for the whole: vectors made again, and what search itself finds."""

import random
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, select

from index import changes, passages, schema
from index.catalog import Collection
from index.encode import Encoder
from index.passages import encoder_input
from index.verify.check import Check, Tally

_SAME = 0.98
"""Cosine of a stored vector with one made now: batches and half precision make less of a difference than 0.01."""

_REBUILD = "Build the collection anew: `footnoted reindex --collection"


def sampled_keys(connection: Connection, collection: Collection, size: int, seed: int) -> list[int]:
    """Keys of some passages of a collection, of all where there are no more; ascending."""
    p = schema.passages.c
    keys = connection.execute(select(p.key).where(p.collection_id == collection.id).order_by(p.key)).scalars().all()
    return sorted(random.Random(seed).sample(list(keys), min(size, len(keys))))


def encoded_again(connection: Connection, collection: Collection, keys: Sequence[int], encoder: Encoder) -> Check:
    """The stored vectors of some passages are those that the encoder makes of them. Raises EncoderUnavailable."""
    tally = Tally(f"vectors made again: {collection.name}", "passages", f"{_REBUILD} {collection.name}`.")
    found = passages.by_key(connection, collection.id, keys)
    made = encoder.encode_passages([encoder_input(found[key]) for key in keys])
    stored = changes.vectors_of(connection, np.array(keys, dtype=np.int64), collection.spec.dimension)[1]
    cosines = np.einsum("ij,ij->i", made, stored)
    lengths = np.linalg.norm(stored, axis=1)
    for key, cosine, length in zip(keys, cosines, lengths, strict=True):
        tally.saw()
        if not (cosine >= _SAME and abs(length - 1) < 0.01):  # NaN is a fault too
            tally.fault(f"the vector of passage {found[key].id} has a cosine of {cosine:.3f} with one made now")
    return tally.check()
