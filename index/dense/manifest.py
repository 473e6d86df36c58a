"""What is told of a base beside its files: from what it was made, how it is searched, and their digests."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import IndexBroken
from index.collections import Collection, IndexSpec
from index.dense.base import Base
from index.replacing import replacing

FORMAT_VERSION = 2
METRIC = "inner product of unit vectors"


@dataclass(frozen=True, slots=True)
class Manifest:
    """``generation`` and ``last_key`` say which passages are in the base; ``kind`` is flat-fp16 or ivf-sq8.

    ``probes`` is the number of cells that a search looks into; 0 for a flat base.
    """

    collection: str
    generation: int
    last_key: int
    vectors: int
    kind: str
    probes: int
    file: str
    sha256: str
    keys_file: str
    keys_sha256: str
    spec: IndexSpec

    def fits(self, collection: Collection) -> bool:
        """Whether the base was made for the collection as it is, and not for a later one.

        A later generation than the catalog's is left by an older catalog put back: its keys mean other passages.
        """
        return self.spec == collection.spec and self.generation <= collection.generation

    def open(self, folder: Path) -> Base:
        """Raises IndexBroken when the files are not those that are described, OSError."""
        for name, expected in ((self.file, self.sha256), (self.keys_file, self.keys_sha256)):
            if digest(folder / name) != expected:
                raise IndexBroken(f"{folder / name} is not what its manifest describes.")
        base = Base.open(folder / self.file, folder / self.keys_file, self.probes)
        if base.dimension != self.spec.dimension or len(base) != self.vectors:
            raise IndexBroken(f"{folder / self.file} is not what its manifest describes.")
        return base


def path_of(folder: Path, collection_id: int) -> Path:
    """Where the manifest of a collection is."""
    return folder / f"{collection_id}.json"


def read(folder: Path, collection_id: int) -> Manifest | None:
    """None where there is none that this version can read: the catalog has it all."""
    try:
        told = json.loads(path_of(folder, collection_id).read_text(encoding="utf-8"))
        if told.pop("format_version") != FORMAT_VERSION or told.pop("metric") != METRIC:
            return None
        spec = IndexSpec(**{field: told.pop(field) for field in IndexSpec.__dataclass_fields__})
        return Manifest(**told, spec=spec)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # half a file, another format
        return None


def write(folder: Path, collection_id: int, manifest: Manifest) -> None:
    """Swapped in: from now on the files that it names are the base."""
    told = asdict(manifest)
    spec = told.pop("spec")
    whole = {"format_version": FORMAT_VERSION, "metric": METRIC, **told, **spec}
    with replacing(path_of(folder, collection_id)) as beside:
        beside.write_text(json.dumps(whole, indent=1), encoding="utf-8")


def digest(path: Path) -> str:
    """SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
