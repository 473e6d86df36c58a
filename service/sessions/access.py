"""Whose documents a stored answer may still be read from."""

from core.errors import NotFound
from index.catalog import Catalog
from index.marked import may_find
from service.sessions.store import MayRead


def may_read(catalog: Catalog, labels: frozenset[str] | None) -> MayRead:
    """For somebody who holds the labels (None: all), as the documents are now. Remembers what it looked up."""
    known: dict[tuple[str, str], bool] = {}

    def check(collection: str, document_id: str) -> bool:
        key = collection, document_id
        if key not in known:
            try:
                known[key] = may_find(catalog, collection, document_id, labels)
            except NotFound:  # the whole collection is gone
                known[key] = False
        return known[key]

    return check
