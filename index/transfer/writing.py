"""A collection into a file, some documents at a time, as of one moment."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from core.errors import IndexBroken, NotFound
from core.types import Passage
from index import collections, documents, marks, marks_tables, quality, schema, stored
from index.building import BuildProgress, Told
from index.collections import Collection
from index.passages import Embedded
from index.pieces import pieces_of
from index.replacing import replacing
from index.stored import Stored
from index.transfer.format import FORMAT, MANIFEST, REPLACED, VERSION

if TYPE_CHECKING:
    from index.store import Store

_LEVEL = 1  # of compression: the highest saves a tenth more and takes four times as long


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds. ``originals_missing`` counts documents without the bytes that they were made from."""

    documents: int
    passages: int
    originals_missing: int
    bytes: int


def export(store: "Store", name: str, path: Path, told: Told | None = None) -> Exported:
    """Write the collection to ``path``, in place of what is there; a kill leaves what was there.

    Raises NotFound, IndexBroken (it cannot be written).
    """
    try:
        with replacing(path) as beside:
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
                made = _Export(store, archive, told).write(name)
            return Exported(*made, beside.stat().st_size)
    except OSError as error:
        raise IndexBroken(f"{path} cannot be written: {error.strerror}.", "Choose another place for it.") from error


class _Export:
    def __init__(self, store: "Store", archive: zipfile.ZipFile, told: Told | None) -> None:
        self._store = store
        self._archive = archive
        self._told = told
        self._parts: dict[str, dict[str, Any]] = {}
        self._documents = self._passages = self._missing = 0

    def write(self, name: str) -> tuple[int, int, int]:
        """Gives the numbers of documents, passages and missing originals."""
        with schema.read(self._store.catalog.engine) as connection:
            collection = collections.get(connection, name)
            total = documents.count(connection, collection.id)
            for number, some in enumerate(stored.all_of(connection, collection)):
                self._write_some(connection, collection, number, some)
                if self._told is not None:
                    self._told(BuildProgress(self._documents, total, self._passages))
            self._write_replaced(connection, collection)
        self._archive.writestr(MANIFEST, json.dumps(self._manifest(collection), indent=1))
        return self._documents, self._passages, self._missing

    def _manifest(self, collection: Collection) -> dict[str, Any]:
        spec = {**collections.spec_columns(collection.spec), "own_sizes": collection.has_own_sizes}
        return {
            "format": FORMAT,
            "version": VERSION,
            "created_at": collections.now(),
            "name": collection.name,
            "spec": spec,
            "documents": self._documents,
            "passages": self._passages,
            "originals_missing": self._missing,
            "parts": self._parts,
        }

    def _write_some(self, connection: Connection, collection: Collection, number: int, some: Sequence[Stored]) -> None:
        made = [stored.embedded(connection, one, collection.spec.dimension) for one in some]
        known = marks_tables.by_document(connection, [one.key for one in some])
        found = quality.stored(connection, [one.key for one in some])
        originals = [self._original(one) for one in some]

        def lines() -> Iterator[bytes]:
            for one, passages, original in zip(some, made, originals, strict=True):
                own = known.get(one.key, marks.NO_MARKS).as_json()
                size = original.stat().st_size if original else None
                record = {**_record(one, passages), **own, "quality": found.get(one.key), "original": size}
                yield json.dumps(record, ensure_ascii=False).encode() + b"\n"

        self._write_part(f"documents/{number:06}.jsonl", lines())
        vectors = (passages.vectors.astype("<f2").tobytes() for passages in made)
        self._write_part(f"vectors/{number:06}.f16", vectors, zipfile.ZIP_STORED)  # noise to a compressor
        self._write_part(f"originals/{number:06}.bin", _pieces([path for path in originals if path]))
        self._documents += len(some)
        self._passages += sum(len(passages.passages) for passages in made)

    def _original(self, one: Stored) -> Path | None:
        with suppress(NotFound):
            return self._store.originals.path(one.values["sha256"])
        self._missing += 1
        return None

    def _write_replaced(self, connection: Connection, collection: Collection) -> None:
        r = schema.replaced_documents.c
        rows = connection.execute(select(r.document_id, r.uri).where(r.collection_id == collection.id))
        self._write_part(REPLACED, (json.dumps({"id": id, "uri": uri}).encode() + b"\n" for id, uri in rows))

    def _write_part(self, name: str, pieces: Iterable[bytes], compression: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name)
        info.compress_type = compression
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as part:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                part.write(piece)
        self._parts[name] = {"bytes": size, "sha256": digest.hexdigest()}


def _record(one: Stored, made: Embedded) -> dict[str, Any]:
    same = ("id", "uri", "title", "media_type", "language", "sha256", "pages", "metadata", "text", "ingested_at")
    fields = ("kind", "start", "end", "page", "level")
    return {
        **{name: one.values[name] for name in same},
        "blocks": [dict(zip(fields, block, strict=True)) for block in one.values["blocks"]],
        "passages": [_passage(passage, one.values["language"]) for passage in made.passages],
    }


def _passage(passage: Passage, language: str | None) -> dict[str, Any]:
    record = {"start": passage.start, "end": passage.end, "section": passage.section, "pages": passage.pages}
    return record if passage.language == language else {**record, "language": passage.language}


def _pieces(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            yield from pieces_of(file)
