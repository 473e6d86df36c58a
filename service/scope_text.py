"""Filters, tags, attributes and labels as callers write them: in JSON, in forms, on the command line."""

import json
from collections.abc import Iterable
from typing import Any

from core.errors import InvalidRequest
from index.filters.filter import Within
from index.filters.parse import parse
from index.marks import Marks, marks_of


def within(filters: Any, labels: frozenset[str] | None = None) -> Within:
    """Of the value of a request's ``filters``. Raises InvalidRequest."""
    return Within(parse(filters), labels)


def within_text(filters: str | None, labels: frozenset[str] | None = None) -> Within:
    """Of a filter in JSON, as ``--filter`` and the query parameter have it. Raises InvalidRequest."""
    if filters is None or not filters.strip():
        return Within(None, labels)
    try:
        value = json.loads(filters)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            f"The filter is not JSON: {str(error)[:200]}.", """Write it as '{"tag": "finance"}', in single quotes."""
        ) from error
    return within(value, labels)


def marks_of_text(tags: Iterable[str], attributes: Iterable[str], labels: Iterable[str]) -> Marks:
    """Attributes are ``name=value`` each. Raises InvalidRequest."""
    named: dict[str, str | float] = {}
    for given in attributes:
        name, equals, value = given.partition("=")
        if not equals:
            raise InvalidRequest(f"The attribute {given[:200]!a} has no value.", "Write it as name=value.")
        named[name.strip()] = value
    return marks_of(tags, named, labels)
