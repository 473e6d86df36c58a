"""A filter as SQL over the catalog. Every leaf is a set of document keys, so that nothing is NULL in between.

A passage in another language than its document is asked for its own language, and for all else by its document.
"""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true

from index import schema
from index.columns import BEGINNING, beginning_of, on_server_too
from index.filters.filter import ATTRIBUTE, And, AnyOf, Filter, Not, Or, Prefix, Range

_d, _p = schema.documents.c, schema.passages.c
_t, _l, _a = schema.document_tags.c, schema.document_labels.c, schema.document_attributes.c
_SIDE = {"tag": _t.tag, "label": _l.label}
_COMPARE: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_OR_EQUAL = {**_COMPARE, "gt": operator.ge, "lt": operator.le}  # what then holds of the beginnings


def passage_keys(collection_id: int, where: Filter | None, labels: frozenset[str] | None = None) -> Select[tuple[int]]:
    """The passages of the documents that ``matching`` is true of."""
    # Plus nothing keeps SQLite from looking through the whole collection where a filter says which few it is.
    of_collection = (_d.collection_id + 0 if _says_which(where) else _d.collection_id) == collection_id
    own = select(_d.key).where(of_collection, matching(collection_id, where, labels))
    return select(_p.key).where(_p.document_key.in_(own))


def passage_runs(
    collection_id: int, where: Filter | None, labels: frozenset[str] | None = None
) -> Select[Any, Any, int]:
    """Of each of these documents the first and the last key of its passages, and their number."""
    keys = passage_keys(collection_id, where, labels).with_only_columns(
        func.min(_p.key), func.max(_p.key), func.count()
    )
    return keys.group_by(_p.document_key)


def asks_for_language(where: Filter | None) -> bool:
    """Whether some leaf is on the language."""
    match where:
        case And(parts) | Or(parts):
            return any(map(asks_for_language, parts))
        case Not(part):
            return asks_for_language(part)
        case AnyOf(field) | Prefix(field) | Range(field):
            return field == "language"
        case None:
            return False


def keys_with_own_language(collection_id: int) -> Select[tuple[int]]:
    """The passages that are in another language than their document."""
    return select(_p.key).where(_p.collection_id == collection_id, _p.language.is_not(None))


def own_language_keys(collection_id: int, where: Filter, labels: frozenset[str] | None) -> Select[tuple[int]]:
    """Of these, those that the filter is true of."""

    def leaf(one: AnyOf | Prefix | Range) -> ColumnElement[bool]:
        if one.field == "language":
            return _compared(one, _p.language, _p.language)
        return _p.document_key.in_(_leaf(collection_id, one))

    keys = keys_with_own_language(collection_id).where(_condition(where, leaf))
    if labels is None:
        return keys
    return keys.where(_p.document_key.in_(select(_d.key).where(matching(collection_id, None, labels))))


def matching(collection_id: int, where: Filter | None, labels: frozenset[str] | None = None) -> ColumnElement[bool]:
    """A condition on ``documents``. ``labels`` are those that the asker holds; None is for who may find all."""
    condition = true() if where is None else _condition(where, lambda one: _d.key.in_(_leaf(collection_id, one)))
    if labels is None:
        return condition
    # Looked up for each document: PostgreSQL compares each with all rows of a list that its work_mem does not hold.
    labelled = exists().where(_l.document_key == _d.key).correlate(schema.documents)
    held = exists().where(_l.document_key == _d.key, _l.label.in_(sorted(labels))).correlate(schema.documents)
    return and_(condition, or_(~labelled, held))


def _says_which(where: Filter | None) -> bool:
    """Whether the documents are among those that a leaf lists."""
    if isinstance(where, And):
        return any(map(_says_which, where.parts))
    return isinstance(where, AnyOf | Prefix | Range)


def _condition(where: Filter, leaf: Callable[[AnyOf | Prefix | Range], ColumnElement[bool]]) -> ColumnElement[bool]:
    match where:
        case And(parts):
            return and_(true(), *(_condition(part, leaf) for part in parts))
        case Or(parts):
            return or_(false(), *(_condition(part, leaf) for part in parts))
        case Not(part):
            return not_(_condition(part, leaf))
        case AnyOf() | Prefix() | Range():
            return leaf(where)


def _leaf(collection_id: int, where: AnyOf | Prefix | Range) -> Select[tuple[int]]:
    name = where.field.removeprefix(ATTRIBUTE)
    if name != where.field or name == "date":
        return select(_a.document_key).where(_a.name == name, _looked_up(where), _compared(where, _a.text, _a.number))
    if name in _SIDE:
        column = _SIDE[name]
        return select(column.table.c.document_key).where(_compared(where, column, column))
    # Of an alias, so that SQLite reads an index and not the rows, whose texts may fill thousands of pages each.
    own = schema.documents.alias().c
    column = own["id" if name == "document" else name]
    return select(own.key).where(own.collection_id == collection_id, _compared(where, column, column))


def _looked_up(where: AnyOf | Prefix | Range) -> ColumnElement[bool]:
    """What an index of the beginnings of attributes can tell beforehand."""
    beginning = beginning_of(_a.text)
    match where:
        case AnyOf(_, values) if all(isinstance(value, str) for value in values):
            return on_server_too(beginning.in_([str(value)[:BEGINNING] for value in values]))
        case Prefix(_, prefix):
            return on_server_too(beginning >= prefix[:BEGINNING])
        case Range(_, bounds):
            texts = [(_OR_EQUAL[name], value[:BEGINNING]) for name, value in bounds if isinstance(value, str)]
            return and_(true(), *(on_server_too(compare(beginning, value)) for compare, value in texts))
    return true()


def _compared(where: AnyOf | Prefix | Range, text: Any, number: Any) -> ColumnElement[bool]:
    match where:
        case AnyOf(_, values):
            words = [value for value in values if isinstance(value, str)]
            numbers = [value for value in values if not isinstance(value, str)]
            return or_(text.in_(words) if words else false(), number.in_(numbers) if numbers else false())
        case Prefix(_, prefix):
            # LIKE would take upper and lower case for the same.
            return and_(text >= prefix, func.substr(text, 1, len(prefix)) == prefix)
        case Range(_, bounds):
            return and_(*(_COMPARE[name](text if isinstance(value, str) else number, value) for name, value in bounds))
