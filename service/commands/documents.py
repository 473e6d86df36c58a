"""``footnoted documents`` and ``remove``: what is in the collections."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest, NotFound
from index.catalog import DocumentRow
from service.audit.commanded import acting
from service.commands.ingest_report import shown_address
from service.commands.options import AsJson, Collection, DataDir, Filters, settings_with
from service.console import out, print_json, rendered_errors
from service.engine import Engine
from service.scope_text import within_text
from service.wire import marked_json

_SHORT = 10  # characters of an id that are shown at least
_SHORTEST = 6  # that are taken for the beginning of one


def documents(
    collection: Collection = "default", filters: Filters = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the documents of a collection."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        names = [found.name for found in engine.collections()]
        within = within_text(filters)
        found = engine.list_documents(collection, within)[0] if collection in names or collection != "default" else []
    if as_json:
        print_json({"collection": collection, "documents": [marked_json(document) for document in found]})
        return
    rows = [document.row for document in found]
    length = _short_length([row.id for row in rows])
    table = Table(title=f"{collection}: {len(rows)} documents")
    for name in ("Title", "Address"):
        table.add_column(name, overflow="fold")
    for name in ("Type", "Pages", "Passages"):
        table.add_column(name)
    table.add_column("Id", no_wrap=True)  # a cut id would be of no use
    for row in rows:
        address = escape(shown_address(row.uri))
        table.add_row(
            escape(row.title), address, row.media_type, str(row.pages or ""), str(row.passages), row.id[:length]
        )
    out.print(table)


def _short_length(ids: Sequence[str]) -> int:
    """How much of an id tells it from all others here."""
    longest = max(map(len, ids), default=_SHORT)
    return next((n for n in range(_SHORT, longest) if len({one[:n] for one in ids}) == len(ids)), longest)


def remove(
    documents: Annotated[
        list[str], typer.Argument(help="Ids of documents or their beginnings, files or addresses that were ingested.")
    ],
    collection: Collection = "default",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget documents: no later answer cites them."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "documents.delete", f"collection={collection}") as act,
        Engine.open(settings_with(data_dir)) as engine,
    ):
        rows = engine.documents(collection)
        wanted = {name: _ids(name, rows) for name in documents}
        ids_of_all = list(dict.fromkeys(i for ids in wanted.values() for i in ids))
        act.target = f"collection={collection} {' '.join(ids_of_all)}"
        removed = engine.remove(ids_of_all, collection)
        unknown = [name for name, ids in wanted.items() if not ids]
        if unknown:
            raise NotFound(
                f"No such documents in {collection!r}: {', '.join(unknown)}.", "`footnoted documents` lists them."
            )
    if as_json:
        print_json({"collection": collection, "removed": removed})
    else:
        out.print(f"{collection}: {removed} removed")


def _ids(name: str, rows: Sequence[DocumentRow]) -> list[str]:
    """A document's id, or all documents of a file (an archive has many), of a page, or below a folder.

    Raises InvalidRequest where the beginning of an id leaves open which is meant.
    """
    uri = Path(name).resolve().as_uri()
    found = [row.id for row in rows if name in (row.id, row.uri) or row.uri == uri]
    found = found or [row.id for row in rows if row.uri.startswith((f"{uri}/", f"{uri}!/", f"{name}!/"))]
    if found or len(name) < _SHORTEST:
        return found
    begun = [row.id for row in rows if row.id.startswith(name)]
    if len(begun) > 1:
        raise InvalidRequest(f"{len(begun)} documents have ids that begin with {name}.", "Give more of the id.")
    return begun
