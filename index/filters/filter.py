"""A filter as records: conditions on a document, and their combinations."""

from dataclasses import dataclass
from typing import Literal

ATTRIBUTE = "attribute."
"""Before the name of an attribute in the name of a field, as in ``attribute.year``."""

FIELDS = ("tag", "label", "language", "media_type", "document", "uri", "ingested_at", "date")
"""What conditions are on, beside ``attribute.NAME``. ``language`` is a passage's own, where that was told."""

Operator = Literal["gt", "gte", "lt", "lte"]
OPERATORS: tuple[Operator, ...] = ("gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field has one of the values. Numbers are compared with what reads as a number, text as it is."""

    field: str
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The field begins with the text, in the same case."""

    field: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Range:
    """The field lies within all bounds. Values are of one type; a time is ISO 8601 in UTC, as the catalog has it."""

    field: str
    bounds: tuple[tuple[Operator, str | float], ...]


@dataclass(frozen=True, slots=True)
class And:
    """Every part is true; without parts, that is any document."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Some part is true; without parts, that is no document."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not true: also where the document has nothing that it could be compared with."""

    part: "Filter"


Filter = AnyOf | Prefix | Range | And | Or | Not


@dataclass(frozen=True, slots=True)
class Within:
    """What a question may be answered from: the documents that ``where`` is true of, if it is given.

    ``labels`` are those that the asker holds: of documents with access labels, only those with one of them.
    None is for who may find all, an operator.
    """

    where: Filter | None = None
    labels: frozenset[str] | None = None


EVERYTHING = Within()
