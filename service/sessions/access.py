"""Whose documents a stored answer may still be read from."""

from core.errors import NotFound
from index.catalog import Catalog
from index.marked import may_find
from service.sessions.records import MayRead


def may_read(catalog: Catalog, labels: frozenset[str] | None, collections: frozenset[str] | None = None) -> MayRead:
    """For somebody who holds the labels and may see the collections (None: all), as the documents are now.

    Remembers what it looked up.
    """
    known: dict[tuple[str, str], bool] = {}

    def check(collection: str, document_id: str) -> bool:
        key = collection, document_id
        if key not in known:
            if collections is not None and collection not in collections:
                known[key] = False
                return False
            try:
                known[key] = may_find(catalog, collection, document_id, labels)
            except NotFound:  # the whole collection is gone
                known[key] = False
        return known[key]

    return check
