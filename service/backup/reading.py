"""A backup file that anybody may have made: no name, size or checksum in it is believed that is not checked."""

import hashlib
import os
import stat
import zipfile
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from core.errors import IndexBroken
from index.sealed_zip import checked_infos, open_sealed, reading
from service.backup.format import (
    CATALOG,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    ORIGINAL,
    PIECE,
    VERSION,
    Manifest,
    is_of_a_backup,
    names_sum,
    refused,
)

_PLAIN = (0, stat.S_IFREG)
_MOST_TIMES_SMALLER = 1100
"""Than what it holds can nothing be that is compressed by deflate (1,032): what claims so is not what it says."""


class BackupFile:
    """An opened file; its directory and manifest are checked. Raises InvalidRequest where it is not as it should be."""

    def __init__(self, path: Path) -> None:
        self._archive = open_sealed(path, f"{path} is not a backup of Footnoted", refused)
        try:
            self._packed = path.stat().st_size
            self._infos = self._checked_infos()
            self.manifest = self._checked_manifest()
            self._check_members()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> "BackupFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    @property
    def bytes(self) -> int:
        """Of all that is in it, unpacked."""
        return sum(info.file_size for info in self._infos.values())

    def unpack(self, folder: Path) -> None:
        """Write every file into the folder, and compare it with its checksum. Raises InvalidRequest, IndexBroken."""
        for name, info in self._infos.items():
            if name == MANIFEST:
                continue
            original = ORIGINAL.fullmatch(name)
            expected = original["digest"] if original else self.manifest.members[name].sha256
            try:
                digest = self._unpack_one(info, folder / name)
            except OSError as error:
                raise IndexBroken(f"{folder} cannot be written: {error.strerror}.", "Make room.") from error
            if digest != expected:
                raise refused(f"{name} is damaged: its checksum is another")

    def _unpack_one(self, info: zipfile.ZipInfo, target: Path) -> str:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), info.file_size
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with reading(info.filename, refused), os.fdopen(handle, "wb") as file, self._archive.open(info) as packed:
            while piece := packed.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise refused(f"{info.filename} is longer than it says")
                digest.update(piece)
                file.write(piece)
        return digest.hexdigest()

    def _checked_infos(self) -> dict[str, zipfile.ZipInfo]:
        infos = checked_infos(self._archive, MANIFEST, MAX_MANIFEST_BYTES, refused)
        for name, info in infos.items():
            if name != MANIFEST and not ORIGINAL.fullmatch(name) and not is_of_a_backup(name):
                raise refused(f"it has a file {name[:200]!r}, which no backup has")
            if stat.S_IFMT(info.external_attr >> 16) not in _PLAIN:
                raise refused(f"{name!r} is a link or another thing that is no file")
            if info.file_size > _MOST_TIMES_SMALLER * max(info.compress_size, 1):
                raise refused(f"{name!r} says that it is far larger than it can be")
        if sum(info.compress_size for info in infos.values()) > self._packed:  # one stretch that is many files
            raise refused("its files lie over each other")
        return infos

    def _checked_manifest(self) -> Manifest:
        with reading(MANIFEST, refused), self._archive.open(MANIFEST) as file:
            text = file.read(MAX_MANIFEST_BYTES)
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise refused(f"its manifest is not as it should be ({place}: {first['msg']})") from error
        if manifest.version != VERSION:
            raise refused(f"it is of version {manifest.version}, this is {VERSION}", "Update Footnoted.")
        return manifest

    def _check_members(self) -> None:
        """The manifest names what is there, and nothing else."""
        manifest = self.manifest
        originals = {match["digest"]: name for name in self._infos if (match := ORIGINAL.fullmatch(name))}
        others = {name: info.file_size for name, info in self._infos.items() if not ORIGINAL.fullmatch(name)}
        others.pop(MANIFEST)
        if CATALOG not in manifest.members or others != {n: one.bytes for n, one in manifest.members.items()}:
            raise refused("its manifest names other files than it has")
        size = sum(self._infos[name].file_size for name in originals.values())
        told = (manifest.originals.count, manifest.originals.bytes, manifest.originals.names_sha256)
        if told != (len(originals), size, names_sum(originals)):
            raise refused("its manifest names other originals than it has")
