"""A data folder into one file, while it is served: whole under its name, or not there."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from core.errors import IndexBroken, NotFound
from index.dense import manifest as dense
from index.pins import Pins, pinning
from index.verify.catalog import KEPT_COPY
from service.backup import last
from service.backup.databases import copy_catalog, copy_database, documents_of, format_of
from service.backup.format import (
    CATALOG,
    FORMAT,
    MANIFEST,
    PIECE,
    VERSION,
    Manifest,
    Member,
    Originals,
    names_sum,
)
from service.backup.target import check_target
from service.backup.whole_file import PART, whole_file

_LEVEL = 1  # of compression: the highest saves a tenth more and takes four times as long
_TRIED = 64 * 1024  # bytes of an original that are compressed to see whether it is any use
_USEFUL = 0.9
_UPLOAD = re.compile(r"job_[0-9a-f]{32}")

Told = Callable[[int, int], None]
"""Is told how many originals are in, and how many there are."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written. ``originals_missing`` counts those that the data folder lacks or has damaged."""

    file: Path
    bytes: int
    created_at: str
    documents: int
    originals: int
    originals_missing: int
    databases: tuple[str, ...]


def write_backup(data_dir: Path, file: Path, *, with_indexes: bool = False, told: Told | None = None) -> Made:
    """Write all of the data folder to ``file``, in place of what is there; a kill leaves what was there.

    The file holds keys, and is for its owner only (mode 0600). Documents of the catalog and their originals are as of
    one moment; the other databases are of moments shortly before. Raises NotFound (no data folder), InvalidRequest (a
    file of the data folder, or one that is there and no backup), Conflict (another backup goes on), NotReady,
    IndexBroken (damaged, or no room).
    """
    if not (data_dir / CATALOG).exists():
        raise NotFound(f"{data_dir.absolute()} is not a data folder: it has no {CATALOG}.", "Name it by --data-dir.")
    file = file.absolute()
    check_target(data_dir, file)
    try:
        with (
            pinning(data_dir) as pins,
            whole_file(file) as opened,
            zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
        ):
            manifest = _Writing(data_dir, archive, pins, Path(f"{file}{PART}.db")).write(with_indexes, told)
        made = _made(file, manifest)
        last.note(data_dir, made.file, made.created_at, made.bytes)
    except OSError as error:
        raise IndexBroken(
            f"The backup {file} cannot be written: {error.strerror or error}.", "Make room, or choose another place."
        ) from error
    return made


def _made(file: Path, manifest: Manifest) -> Made:
    originals, databases = manifest.originals, tuple(sorted(manifest.formats))
    return Made(
        file,
        file.stat().st_size,
        manifest.created_at,
        manifest.documents,
        originals.count,
        originals.missing,
        databases,
    )


class _Writing:
    def __init__(self, data_dir: Path, archive: zipfile.ZipFile, pins: Pins, copy: Path) -> None:
        self._data = data_dir
        self._archive = archive
        self._pins = pins
        self._copy = copy
        self._members: dict[str, Member] = {}
        self._formats: dict[str, int] = {}

    def write(self, with_indexes: bool, told: Told | None) -> Manifest:
        created_at = datetime.now(UTC).isoformat(timespec="seconds")
        uploads = self._hold_uploads()
        for path in sorted(self._data.glob("*.db")):
            if path.name != CATALOG and not KEPT_COPY.fullmatch(path.name):
                copy_database(path, self._copy)
                self._add_copy(path.name)
        uploads |= self._hold_uploads()  # of jobs that came before the copy of theirs
        indexes = self._hold_indexes() if with_indexes else {}
        # Last: what a job is said to have done is in it.
        missing = copy_catalog(self._data / CATALOG, self._copy, self._pins, self._data / "originals")
        documents, digests = documents_of(self._copy)
        self._add_copy(CATALOG)
        for path in sorted([*self._data.glob("*.key"), *self._data.glob("*.token")]):
            self._add(path.name, path)
        for name, held in sorted({**uploads, **indexes}.items()):
            self._add(name, self._pins.path(held))
        originals = self._add_originals([one for one in digests if one not in missing], len(missing), told)
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            footnoted=version("footnoted"),
            created_at=created_at,
            documents=documents,
            formats=self._formats,
            originals=originals,
            members=self._members,
        )
        self._archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        return manifest

    def _hold_uploads(self) -> dict[str, str]:
        """What unfinished jobs have to read: names in the archive, and under which they are held."""
        found = {}
        for path in sorted((self._data / "uploads").glob("job_*/*")):
            held = f"{path.parent.name}-{path.name}"
            if _UPLOAD.fullmatch(path.parent.name) and path.name.isdecimal() and self._pins.hold(held, path):
                found[f"uploads/{path.parent.name}/{path.name}"] = held
        return found

    def _hold_indexes(self) -> dict[str, str]:
        """Dense indexes that are whole; they are of no later state than the catalog, whose copy comes after."""
        folder, found = self._data / "index", dict[str, str]()
        for path in sorted(folder.glob("[0-9]*.json")):
            told = dense.read(folder, int(path.stem)) if path.stem.isdecimal() else None
            if told is None:
                continue
            names = [path.name, told.file, told.keys_file]
            if all(self._pins.hold(f"index-{name}", folder / name) for name in names):
                found |= {f"index/{name}": f"index-{name}" for name in names}
        return found

    def _add_copy(self, name: str) -> None:
        self._formats[name] = format_of(self._copy)
        self._add(name, self._copy)
        self._copy.unlink()

    def _add_originals(self, digests: list[str], missing: int, told: Told | None) -> Originals:
        """One that holds other bytes than its name says is missing: with it, the file could not be restored."""
        size, whole = 0, []
        for number, digest in enumerate(sorted(digests)):
            path = self._pins.path(digest)
            if dense.digest(path) == digest:
                size += self._put(f"originals/{digest[:2]}/{digest}", path, _compression(path)).bytes
                whole.append(digest)
            if told is not None:
                told(number + 1, len(digests))
        missing += len(digests) - len(whole)
        return Originals(count=len(whole), bytes=size, names_sha256=names_sum(whole), missing=missing)

    def _add(self, name: str, path: Path) -> None:
        self._members[name] = self._put(name, path, zipfile.ZIP_DEFLATED)

    def _put(self, name: str, path: Path, compression: int) -> Member:
        info = zipfile.ZipInfo(name)
        info.compress_type = compression
        info.external_attr = 0o100600 << 16  # a plain file of its owner, for who unpacks it by other means
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as file, self._archive.open(info, "w", force_zip64=True) as member:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        return Member(bytes=size, sha256=digest.hexdigest())


def _compression(path: Path) -> int:
    """PDF and Office files are compressed already: to do it again takes time and saves nothing."""
    with path.open("rb") as file:
        first = file.read(_TRIED)
    saves = len(zlib.compress(first, _LEVEL)) < len(first) * _USEFUL
    return zipfile.ZIP_DEFLATED if saves else zipfile.ZIP_STORED
