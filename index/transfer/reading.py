"""A collection from a file that anybody may have made: nothing is believed that is not checked, and none of it is
in memory for longer than a document is.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from index.passages import Halves
from index.sealed_zip import checked_infos, open_sealed, reading
from index.transfer.format import (
    MANIFEST,
    MAX_LINE_BYTES,
    MAX_MANIFEST_BYTES,
    PART,
    REPLACED,
    VERSION,
    BlockRecord,
    DocumentRecord,
    Manifest,
    PassageRecord,
    ReplacedRecord,
    refused,
)

_PIECE = 1024**2
_UNIT = 0.01  # how far the length of a vector in float16 may be from one
_R = TypeVar("_R", bound=BaseModel)


class _Part:
    """A file of the archive: what is read of it is counted and hashed."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self.name = name
        self.bytes = 0
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        return self._noted(self._file.read(size))

    def line(self) -> bytes:
        """The next line, empty at the end."""
        return self._noted(self._file.readline(MAX_LINE_BYTES))

    def _noted(self, data: bytes) -> bytes:
        self.bytes += len(data)
        self.digest.update(data)
        return data


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as a file has it, checked. ``original`` gives its bytes in pieces, and must be read to its end."""

    record: DocumentRecord
    vectors: Halves
    original: Iterator[bytes] | None


class CollectionFile:
    """An opened file. Raises InvalidRequest wherever it is not as it should be."""

    def __init__(self, path: Path) -> None:
        self._archive = open_sealed(path, f"{path.name} is not the file of a collection", refused)
        try:
            self.manifest = self._checked_manifest()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._archive.close()

    def documents(self) -> Iterator[ReadDocument]:
        """All documents in order. The sums of the parts are compared at the end of each."""
        documents = passages = 0
        numbers = sorted(name[10:16] for name in self.manifest.parts if name.startswith("documents/"))
        for number in numbers:
            for one in self._some(number):
                documents, passages = documents + 1, passages + len(one.record.passages)
                yield one
        if (documents, passages) != (self.manifest.documents, self.manifest.passages):
            raise refused(f"it has {documents} documents and {passages} passages, its manifest says otherwise")

    def replaced(self) -> Iterator[ReplacedRecord]:
        with reading(REPLACED, refused), self._archive.open(REPLACED) as file:
            part = _Part(file, REPLACED)
            while line := part.line():
                yield _parsed(ReplacedRecord, line, REPLACED)
            self._compare(part)

    @property
    def size(self) -> int:
        """Bytes of all that is in it, unpacked."""
        return sum(part.bytes for part in self.manifest.parts.values())

    def _checked_manifest(self) -> Manifest:
        infos = checked_infos(self._archive, MANIFEST, MAX_MANIFEST_BYTES, refused)
        manifest = _parsed(Manifest, self._bytes_of(MANIFEST), MANIFEST)
        if not 1 <= manifest.version <= VERSION:
            raise refused(f"it is of version {manifest.version}, this is {VERSION}", "Update Footnoted.")
        if set(infos) - {MANIFEST} != set(manifest.parts) or REPLACED not in manifest.parts:
            raise refused("its manifest names other files than it has")
        for name, info in infos.items():
            if name != MANIFEST and not PART.fullmatch(name):
                raise refused(f"it has a file {name!r}")
            if name != MANIFEST and info.file_size != manifest.parts[name].bytes:
                raise refused(f"{name} is of another size than its manifest says")
        numbers = [name for name in manifest.parts if name.startswith("documents/")]
        expected = {f"{kind}/{n[10:16]}.{end}" for n in numbers for kind, end in _KINDS} | {REPLACED}
        if expected != set(manifest.parts):
            raise refused("some of its parts are missing")
        return manifest

    def _bytes_of(self, name: str) -> bytes:
        with reading(name, refused), self._archive.open(name) as file:
            return file.read(MAX_MANIFEST_BYTES)

    def _some(self, number: str) -> Iterator[ReadDocument]:
        names = [f"{kind}/{number}.{end}" for kind, end in _KINDS]
        with (
            reading(number, refused),
            self._archive.open(names[0]) as a,
            self._archive.open(names[1]) as b,
            self._archive.open(names[2]) as c,
        ):
            parts = [_Part(file, name) for file, name in zip((a, b, c), names, strict=True)]
            lines, vectors, originals = parts
            while line := lines.line():
                record = _parsed(DocumentRecord, line, lines.name)
                _check_places(record)
                original = None if record.original is None else _original(originals, record)
                yield ReadDocument(record, self._vectors(vectors, record), original)
            for part in parts:
                self._compare(part)

    def _vectors(self, part: _Part, record: DocumentRecord) -> Halves:
        dimension = self.manifest.spec.dimension
        count = len(record.passages)
        data = part.read(count * dimension * 2)
        if len(data) != count * dimension * 2:
            raise refused(f"{part.name} is too short")
        vectors = np.frombuffer(data, dtype="<f2").reshape(count, dimension)
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
        if not np.all(np.abs(lengths - 1) < _UNIT):
            raise refused(f"{part.name} has vectors that are not of length one")
        return vectors

    def _compare(self, part: _Part) -> None:
        expected = self.manifest.parts[part.name]
        if part.read(1) or (part.bytes, part.digest.hexdigest()) != (expected.bytes, expected.sha256):
            raise refused(f"{part.name} is damaged: its checksum is another")


_KINDS = (("documents", "jsonl"), ("vectors", "f16"), ("originals", "bin"))


def _original(part: _Part, record: DocumentRecord) -> Iterator[bytes]:
    left, digest = record.original or 0, hashlib.sha256()
    while left:
        piece = part.read(min(_PIECE, left))
        if not piece:
            raise refused(f"{part.name} is too short")
        digest.update(piece)
        left -= len(piece)
        yield piece
    if digest.hexdigest() != record.sha256:
        raise refused(f"the original of {record.uri} is not what its checksum says")


def _check_places(record: DocumentRecord) -> None:
    """Every block and passage is a stretch of the text, after the one before."""
    if record.metadata.get("sha256") != record.sha256:
        raise refused(f"{record.uri} has two checksums")
    stretches: Sequence[Sequence[BlockRecord | PassageRecord]] = (record.blocks, record.passages)
    for some in stretches:
        end = 0
        for one in some:
            if not end <= one.start < one.end <= len(record.text):
                raise refused(f"{record.uri} has a passage or block that is no stretch of its text")
            end = one.end


def _parsed(kind: type[_R], line: bytes, where: str) -> _R:
    try:
        return kind.model_validate_json(line, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise refused(f"{where} is not as it should be ({place}: {first['msg']})") from error
