"""Tags, attributes and labels in the catalog. Functions take part in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, delete, insert, select

from index import schema
from index.marks import NO_MARKS, Marks, MarksChange, number_of

_AT_ONCE = 5_000
_d = schema.documents.c
_t, _a, _l = (t.c for t in (schema.document_tags, schema.document_attributes, schema.document_labels))


def put(connection: Connection, document_key: int, marks: Marks) -> None:
    """Make these a document's marks, and no others."""
    for table in (schema.document_tags, schema.document_attributes, schema.document_labels):
        connection.execute(delete(table).where(table.c.document_key == document_key))
    _insert(connection, schema.document_tags, [{"document_key": document_key, "tag": tag} for tag in marks.tags])
    _insert(connection, schema.document_labels, [{"document_key": document_key, "label": one} for one in marks.labels])
    rows = [
        {"document_key": document_key, "name": name, "text": value, "number": number_of(name, value)}
        for name, value in marks.attributes.items()
    ]
    _insert(connection, schema.document_attributes, rows)


def kept(connection: Connection, collection_id: int, uris: Iterable[str | None]) -> Marks:
    """What a new version of a document keeps of those at these addresses; a later address counts more."""
    found = NO_MARKS
    for uri in uris:
        query = select(_d.key).where(_d.collection_id == collection_id, _d.uri == uri)
        for key in connection.execute(query).scalars().all() if uri is not None else ():
            found = found.with_more(by_document(connection, [key]).get(key, NO_MARKS))
    return found


def by_id(connection: Connection, collection_id: int, document_ids: Sequence[str]) -> dict[str, Marks]:
    """Of those of the documents that have any."""
    keys = _keys(connection, collection_id, document_ids)
    found = by_document(connection, list(keys.values()))
    return {document_id: found[key] for document_id, key in keys.items() if key in found}


def change(
    connection: Connection, collection_id: int, document_ids: Sequence[str], wanted: MarksChange | Marks
) -> tuple[dict[str, Marks], bool]:
    """What documents have from now on, by id, and whether any of it is new. Raises InvalidRequest (too many)."""
    keys = _keys(connection, collection_id, document_ids)
    before = by_document(connection, list(keys.values()))
    present, is_changed = {}, False
    for document_id, key in keys.items():
        former = before.get(key, NO_MARKS)
        present[document_id] = former.with_more(wanted) if isinstance(wanted, Marks) else wanted.of(former)
        if present[document_id] != former:
            put(connection, key, present[document_id])
            is_changed = True
    return present, is_changed


def _keys(connection: Connection, collection_id: int, document_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for i in range(0, len(document_ids), _AT_ONCE):
        own = (_d.collection_id == collection_id, _d.id.in_(document_ids[i : i + _AT_ONCE]))
        found |= {row.id: row.key for row in connection.execute(select(_d.id, _d.key).where(*own))}
    return found


def by_document(connection: Connection, document_keys: Sequence[int]) -> dict[int, Marks]:
    """The marks of the documents that have any, by key."""
    tags: dict[int, set[str]] = {}
    labels: dict[int, set[str]] = {}
    attributes: dict[int, dict[str, str]] = {}
    for batch in (document_keys[i : i + _AT_ONCE] for i in range(0, len(document_keys), _AT_ONCE)):
        for key, tag in connection.execute(select(_t.document_key, _t.tag).where(_t.document_key.in_(batch))):
            tags.setdefault(key, set()).add(tag)
        for key, label in connection.execute(select(_l.document_key, _l.label).where(_l.document_key.in_(batch))):
            labels.setdefault(key, set()).add(label)
        named = select(_a.document_key, _a.name, _a.text).where(_a.document_key.in_(batch)).order_by(_a.name)
        for key, name, value in connection.execute(named):
            attributes.setdefault(key, {})[name] = value
    return {
        key: Marks(frozenset(tags.get(key, ())), attributes.get(key, {}), frozenset(labels.get(key, ())))
        for key in tags.keys() | labels.keys() | attributes.keys()
    }


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
