"""The original bytes of documents as sources: what is read again, wherever it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from core.errors import FootnotedError, ReadError
from index.catalog import Collection
from index.originals import Originals
from index.store import Store
from ingest.sources import Content, Listing
from ingest.web.names import file_name

_TOLD_BY_SOURCES = ("etag", "last_modified", "fetched_from", "scope", "container")


@dataclass(frozen=True, slots=True)
class KeptSource:
    """The bytes that a document was made from. ``told`` is what the next sync of its place compares."""

    uri: str
    name: str
    sha256: str
    told: Mapping[str, str]
    originals: Originals
    size: int | None = None

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content:
        """See Source. Always the bytes."""
        try:
            return Content(self.originals.path(self.sha256).read_bytes(), self.told)
        except OSError as error:
            raise ReadError(f"{self.name} cannot be read: {error.strerror}.", "Check the data folder.") from error
        except FootnotedError as error:
            raise ReadError(f"{self.name}: {error.message}", error.hint) from error


def kept_sources(store: Store, collection: Collection) -> Listing:
    """All documents of a collection."""
    known = store.catalog.known_sources(collection)
    listing = Listing()
    for row in store.catalog.documents(collection.name):
        if row.uri in known:
            metadata = known[row.uri].metadata
            told = {key: metadata[key] for key in _TOLD_BY_SOURCES if key in metadata}
            name = _name(row.uri, row.media_type, told)
            listing.add(KeptSource(row.uri, name, row.sha256, told, store.originals), None)
    return listing


def _name(uri: str, media_type: str, told: Mapping[str, str]) -> str:
    """As when it was read first: text formats are told by it."""
    if "fetched_from" in told and "container" not in told:
        return file_name(httpx.URL(told["fetched_from"]), httpx.Headers({"content-type": media_type}))
    return PurePosixPath(unquote(uri.removeprefix("upload:"))).name
