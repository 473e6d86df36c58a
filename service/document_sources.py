"""Where a collection's documents came from: uploads, folders of this machine, addresses of the web."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from index.catalog import DocumentRow
from index.known import KnownSource

MAX_SYNC_SPECS = 1000


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


def sync_specs(source: DocumentSource, known: Mapping[str, KnownSource]) -> list[str]:
    """What a sync of the place names, empty where it cannot be synced; ``known`` are the documents' sources by uri.

    A document without a scope was named itself, or is older than the record of scopes: then a folder stands for it.
    """
    if source.kind not in (SourceKind.FOLDER, SourceKind.WEB) or source.is_there is False:
        return []
    start = Path(source.place).as_uri() if source.kind is SourceKind.FOLDER else source.place
    of_place = {
        uri: one.metadata for uri, one in known.items() if uri == start or uri.startswith(f"{start.rstrip('/')}/")
    }
    named = sorted({told["scope"] for told in of_place.values() if told.get("scope")})
    if source.kind is SourceKind.FOLDER and not named:
        return [source.place]
    alone = [
        uri.partition("!/")[0] if "container" in told else uri  # "!/" may be in the address of a page
        for uri, told in sorted(of_place.items(), key=lambda one: one[0])
        if not told.get("scope")
    ]
    return list(dict.fromkeys([*named, *map(_spec, alone)]))[:MAX_SYNC_SPECS]


def _spec(uri: str) -> str:
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri
