"""The file of a collection, version 2: a ZIP archive whose parts each hold some documents.

``documents/000000.jsonl`` has a line for each document, ``vectors/000000.f16`` the vectors of their passages in the
same order (float16, little-endian), ``originals/000000.bin`` their original bytes, one after the other;
``replaced.jsonl`` where links to former versions lead. ``manifest.json`` has the size and SHA-256 of each.
"""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from core.errors import InvalidRequest
from core.types import BlockKind

FORMAT = "footnoted-collection"
VERSION = 2
"""Since 2, a passage may have a language of its own."""
MANIFEST = "manifest.json"
REPLACED = "replaced.jsonl"
MAX_MANIFEST_BYTES = 64 * 1024**2
MAX_LINE_BYTES = 2 * 1024**3
"""Of a document's line: some 400 million characters, the most that `ingest` takes, fit."""

SIGNATURE_BYTES = 544
"""Of what ``ingest.signature`` makes: one of another length would stop the search for near-identical documents."""

PART = re.compile(r"(documents/\d{6}\.jsonl|vectors/\d{6}\.f16|originals/\d{6}\.bin|replaced\.jsonl)")

_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,128}$")]
_Address = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
_Natural = Annotated[int, Field(ge=0, le=2**53)]
_Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{1,20}$")]
_Page = Annotated[int, Field(ge=1, le=2**31)]


def _is_time(text: str) -> str:
    if datetime.fromisoformat(text).utcoffset() is None:
        raise ValueError("it has no time zone")
    return text


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, val_json_bytes="hex")


class Part(_Record):
    """A file of the archive."""

    bytes: _Natural
    sha256: _Hash


class Spec(_Record):
    """What the collection was built with."""

    encoder: str = Field(min_length=1, max_length=1_000)
    dimension: int = Field(ge=1, le=65_536)
    split_target: int = Field(ge=1, le=10**6)
    split_maximum: int = Field(ge=1, le=10**6)
    own_sizes: bool


class Manifest(_Record):
    """What is in the archive. ``originals_missing`` counts documents whose bytes were not in the data folder."""

    format: Literal["footnoted-collection"]
    version: int
    created_at: str
    name: str
    spec: Spec
    documents: _Natural
    passages: _Natural
    originals_missing: _Natural
    parts: dict[str, Part]


class BlockRecord(_Record):
    """See core.types.Block."""

    kind: BlockKind
    start: _Natural
    end: _Natural
    page: _Page | None
    level: int | None = Field(ge=1, le=6)


class PassageRecord(_Record):
    """Its text is that of the document between ``start`` and ``end``; without a language, so is its language."""

    start: _Natural
    end: _Natural
    section: tuple[str, ...]
    pages: tuple[_Page, _Page] | None
    language: _Language | None = None


class FindingRecord(_Record):
    """See core.types.Finding."""

    code: str = Field(max_length=100)
    message: str = Field(max_length=10_000)
    pages: tuple[_Page, ...]


class QualityRecord(_Record):
    """What was found of a document, and its signature in base 16."""

    findings: tuple[FindingRecord, ...]
    signature: bytes = Field(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)


class DocumentRecord(_Record):
    """A line of ``documents/``. ``original`` is how many bytes it was made from, None where they are missing."""

    id: _Id
    uri: _Address
    title: str = Field(max_length=100_000)
    media_type: Annotated[str, StringConstraints(pattern=r"^[\w.+-]{1,100}/[\w.+-]{1,100}$")]
    language: _Language | None
    sha256: _Hash
    pages: _Natural | None
    metadata: dict[str, str]
    blocks: tuple[BlockRecord, ...]
    text: str
    ingested_at: Annotated[str, StringConstraints(max_length=40), AfterValidator(_is_time)]
    passages: tuple[PassageRecord, ...]
    quality: QualityRecord | None
    tags: tuple[str, ...]
    attributes: dict[str, str]
    labels: tuple[str, ...]
    original: _Natural | None


class ReplacedRecord(_Record):
    """A line of ``replaced.jsonl``: the id of a former version, and the address of the one that took its place."""

    id: _Id
    uri: _Address


def refused(what: str, hint: str = "Export the collection again, or get the file again.") -> InvalidRequest:
    """A file that is not one of a collection, or not whole."""
    return InvalidRequest(f"The file cannot be imported: {what}.", hint)
