"""What went from the sources since the catalog was written."""

from collections.abc import Iterable
from pathlib import Path


def is_below(uri: str, folder: Path) -> bool:
    """Whether a file's uri lies in or below the folder."""
    return uri.startswith(folder.resolve().as_uri().rstrip("/") + "/")


def gone(known_uris: Iterable[str], folders: Iterable[Path], found_uris: set[str]) -> list[str]:
    """The uris that lie below one of the folders but were not found there any more, sorted.

    Only folders that were walked count: a file that was named by itself says nothing of its neighbours.
    """
    folders = list(folders)
    return sorted(uri for uri in known_uris if uri not in found_uris and any(is_below(uri, f) for f in folders))
