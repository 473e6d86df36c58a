"""What changed in the sources since the catalog was written: new, changed, the same, gone."""

from collections.abc import Iterable, Mapping
from pathlib import Path


def is_unchanged(known_digests: Mapping[str, str], uri: str, digest: str) -> bool:
    """True where the catalog holds these very bytes at this uri already."""
    return known_digests.get(uri) == digest


def gone(known_uris: Iterable[str], folders: Iterable[Path], found_uris: set[str]) -> list[str]:
    """The uris that lie below one of the folders but were not found there any more, sorted.

    Only folders that were walked count: a file that was named by itself says nothing of its neighbours.
    """
    prefixes = tuple(folder.expanduser().resolve().as_uri().rstrip("/") + "/" for folder in folders)
    return sorted(uri for uri in known_uris if uri.startswith(prefixes) and uri not in found_uris) if prefixes else []
