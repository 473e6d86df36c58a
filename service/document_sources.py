"""Where a collection's documents came from: uploads, folders of this machine, addresses of the web."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from index.catalog import DocumentRow


class SourceKind(StrEnum):
    """What kind of place documents came from."""

    UPLOADS = "uploads"
    FOLDER = "folder"
    WEB = "web"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """Documents of one place. ``is_there`` tells whether a folder or file is on this machine now; None for others."""

    kind: SourceKind
    place: str
    documents: int
    passages: int
    latest: str
    is_there: bool | None = None


def sources_of(rows: Iterable[DocumentRow]) -> list[DocumentSource]:
    """The places, uploads first, then by name. A folder stands for all below it that has documents.

    Which folder an ingest was told is not kept: the topmost ones that hold documents of their own are shown.
    """
    groups: dict[tuple[SourceKind, str], list[DocumentRow]] = defaultdict(list)
    in_folders: dict[PurePosixPath, list[DocumentRow]] = defaultdict(list)
    for row in rows:
        parts = urlsplit(row.uri)
        if parts.scheme == "file":
            in_folders[PurePosixPath(unquote(parts.path)).parent].append(row)
        elif parts.scheme == "upload":
            groups[SourceKind.UPLOADS, ""].append(row)
        elif parts.scheme in ("http", "https"):
            groups[SourceKind.WEB, f"{parts.scheme}://{parts.netloc}"].append(row)
        else:
            groups[SourceKind.OTHER, parts.scheme].append(row)
    for folder, below in in_folders.items():
        top = next((parent for parent in reversed(folder.parents) if parent in in_folders), folder)
        groups[SourceKind.FOLDER, str(top)] += below
    order = list(SourceKind)
    return [
        _source(kind, place, groups[kind, place])
        for kind, place in sorted(groups, key=lambda group: (order.index(group[0]), group[1]))
    ]


def _source(kind: SourceKind, place: str, rows: list[DocumentRow]) -> DocumentSource:
    if kind is SourceKind.FOLDER and len(rows) == 1:
        # One file is named itself: to take in its folder would bring what was never asked for.
        place = unquote(urlsplit(rows[0].uri).path)
    return DocumentSource(
        kind,
        place,
        len(rows),
        sum(row.passages for row in rows),
        max(row.ingested_at for row in rows),
        Path(place).exists() if kind is SourceKind.FOLDER else None,
    )
