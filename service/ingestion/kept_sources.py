"""The original bytes of documents as sources: what is read again, wherever it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from core.errors import IndexBroken, NotFound, NotReady, ReadError
from index.catalog import Collection
from index.document_passages import passages_of
from index.originals import Originals
from index.store import Store
from ingest.sources import Content, Listing, check_size
from ingest.web.names import file_name
from service.ingestion.prepare import Prepared
from service.quality.report import findings_of

_TOLD_BY_SOURCES = ("etag", "last_modified", "fetched_from", "file_name", "scope", "container")


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
            path = self.originals.path(self.sha256)
            check_size(path.stat().st_size, self.name, max_bytes)
            return Content(path.read_bytes(), self.told)
        except OSError as error:
            raise ReadError(f"{self.name} cannot be read: {error.strerror}.", "Check the data folder.") from error
        except (NotFound, IndexBroken, NotReady) as error:
            raise ReadError(f"{self.name}: {error.message}", error.hint) from error


def kept_sources(store: Store, collection: Collection) -> Listing:
    """All documents of a collection."""
    listing, sources = Listing(), store.catalog.known_sources(collection)
    for row in store.catalog.documents(collection.name):
        if (known := sources.get(row.uri)) is not None:
            told = {key: known.metadata[key] for key in _TOLD_BY_SOURCES if key in known.metadata}
            name = _name(row.uri, told, row.media_type)
            listing.add(KeptSource(row.uri, name, known.sha256, told, store.originals), None)
    return listing


def is_otherwise(store: Store, collection: Collection, prepared: Prepared) -> bool:
    """Whether something else comes of the bytes now than what is in: text, places, metadata, passages, findings.

    Not where the document is not in any more.
    """
    now, catalog = prepared.document, store.catalog
    try:
        before = catalog.document(collection.name, now.id)
        passages = passages_of(catalog, collection.name, now.id, len(prepared.passages) + 1).passages
    except NotFound:
        return False
    found = findings_of(catalog, collection.name, [now.id]).get(now.id)
    return (before, passages, found) != (now, tuple(prepared.passages), tuple(prepared.findings))


def _name(uri: str, told: Mapping[str, str], media_type: str) -> str:
    """As when it was read first: text formats are told by it, and it may be the title."""
    if "container" not in told:
        if uri.startswith("upload:"):
            return uri.removeprefix("upload:")
        if "file_name" in told:
            return told["file_name"]
        if uri.startswith(("http://", "https://")):  # of a version that did not keep the name
            url = httpx.URL(told.get("fetched_from", uri))
            plain = file_name(url, httpx.Headers())
            has_suffix = bool(PurePosixPath(plain).suffix)
            return plain if has_suffix else file_name(url, httpx.Headers({"content-type": media_type}))
    return PurePosixPath(unquote(uri)).name
