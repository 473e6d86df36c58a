"""The file of a backup, version 1: a ZIP archive of what a data folder cannot do without.

``databases``: every ``*.db``, each as of one moment, the catalog last; ``keys``: ``*.key`` and ``*.token``;
``originals/ab/abcd…``: the bytes that documents were made from, each named by its SHA-256; ``uploads/``: what
unfinished jobs still have to read; ``index/``: dense indexes, where they were asked for. ``manifest.json``, the last
member, has the size and SHA-256 of each, and of the originals their number and a checksum of their names.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from core.errors import InvalidRequest

FORMAT = "footnoted-backup"
VERSION = 1
MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 16 * 1024**2
CATALOG = "catalog.db"
ORIGINAL = re.compile(r"originals/(?P<head>[0-9a-f]{2})/(?P<digest>(?P=head)[0-9a-f]{62})")
_OTHERS = re.compile(
    r"[a-z][a-z0-9_-]{0,63}\.(db|key|token)|uploads/job_[0-9a-f]{32}/\d{1,9}|index/[0-9]{1,18}[0-9A-Za-z._-]{1,100}"
)
PIECE = 1024**2

_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Natural = Annotated[int, Field(ge=0, le=2**53)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Member(_Record):
    """A file of the archive, unpacked."""

    bytes: _Natural
    sha256: _Hash


class Originals(_Record):
    """How many there are, their size together, and ``names_sum`` of their hashes."""

    count: _Natural
    bytes: _Natural
    names_sha256: _Hash
    missing: _Natural
    """Documents' originals that were not in the data folder, or damaged there."""


class Manifest(_Record):
    """What is in the archive. ``formats`` are the databases' own, as SQLite's user_version has them."""

    format: Literal["footnoted-backup"]
    version: int
    footnoted: str = Field(max_length=100)
    created_at: str = Field(max_length=40)
    documents: _Natural
    formats: dict[str, _Natural]
    originals: Originals
    members: dict[str, Member]


def names_sum(digests: Iterable[str]) -> str:
    """SHA-256 of the sorted hashes, a line each."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(digests)).encode()).hexdigest()


def is_of_a_backup(name: str) -> bool:
    """Whether a member, other than the manifest and originals, has a name that a backup can have."""
    return _OTHERS.fullmatch(name) is not None


def refused(what: str, hint: str = "Take another backup file, or get this one again.") -> InvalidRequest:
    """A file that is not a backup, or not whole."""
    return InvalidRequest(f"The backup cannot be restored: {what}.", hint)
