"""``Idempotency-Key``: a request that is sent again, because its answer did not come, is done once.

The header is that of draft-ietf-httpapi-idempotency-key-header: any words of the client's, best a random UUID, new for
each thing that it wants done, and the same for each try of it. Keys of different callers have nothing to do with each
other.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from fastapi import Header

from index.marks import Marks
from index.pieces import pieces_of

MAX_KEY_CHARS = 255

GivenKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY_CHARS,
        description="The same for each try of one request: what was done of it already is not done again.",
    ),
]


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A caller's key; ``fingerprint`` is of what was asked for, so that a key is not used for two things."""

    caller: str
    key: str
    fingerprint: str


def fingerprint_of_upload(collection: str, files: Sequence[tuple[str, BinaryIO]], marks: Marks) -> str:
    """Of the names and all bytes; the files are at their beginning before and after."""
    told = [(name, _digest(source)) for name, source in files]
    return hashlib.sha256(json.dumps([collection, told, marks.as_json()]).encode()).hexdigest()


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    for piece in pieces_of(source):
        digest.update(piece)
    source.seek(0)
    return digest.hexdigest()
