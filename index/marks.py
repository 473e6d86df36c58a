"""What people say of documents: tags, attributes, and the labels of those who may find them."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import InvalidRequest
from index.filters.times import seconds

MAX_WORD_CHARS = 100
MAX_VALUE_CHARS = 1_000
MAX_MARKS = 200
"""Tags, attributes and labels of one document, of each."""
DATE = "date"
"""The attribute that holds a document's own date."""

_NAME = re.compile(r"\w[\w.-]{0,63}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")  # float() reads more, such as 1_000 and nan


@dataclass(frozen=True, slots=True)
class Marks:
    """Checked by ``marks_of``. Attributes are text by name. A document with labels is found by their holders only."""

    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tags or self.attributes or self.labels)

    def with_more(self, more: "Marks") -> "Marks":
        """Tags and attributes are added; labels take the place of the former: who may find it is what was said last."""
        made = Marks(self.tags | more.tags, {**self.attributes, **more.attributes}, more.labels or self.labels)
        check_count(made)
        return made

    def as_json(self) -> dict[str, Any]:
        return {"tags": sorted(self.tags), "attributes": dict(self.attributes), "labels": sorted(self.labels)}


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class MarksChange:
    """What becomes of a document's marks: None leaves a kind as it is; an attribute without a value goes."""

    tags: frozenset[str] | None = None
    attributes: Mapping[str, str | None] | None = None
    labels: frozenset[str] | None = None

    def of(self, before: Marks) -> Marks:
        """Raises InvalidRequest when a document would get too many."""
        attributes = {**before.attributes, **(self.attributes or {})}
        changed = Marks(
            before.tags if self.tags is None else self.tags,
            {name: value for name, value in attributes.items() if value is not None},
            before.labels if self.labels is None else self.labels,
        )
        check_count(changed)
        return changed


def marks_of(
    tags: Iterable[str] = (), attributes: Mapping[str, str | float] | None = None, labels: Iterable[str] = ()
) -> Marks:
    """Raises InvalidRequest for what cannot be one."""
    named = {attribute_name(name): attribute_value(name, value) for name, value in (attributes or {}).items()}
    made = Marks(frozenset(word(t, "tag") for t in tags), named, frozenset(word(t, "label") for t in labels))
    check_count(made)
    return made


def marks_change(
    tags: Iterable[str] | None, attributes: Mapping[str, str | float | None] | None, labels: Iterable[str] | None
) -> MarksChange:
    """Raises InvalidRequest for what cannot be one."""
    given = {name: value for name, value in (attributes or {}).items() if value is not None}
    made = marks_of(tags or (), given, labels or ())
    taken_away = {attribute_name(name): None for name, value in (attributes or {}).items() if value is None}
    return MarksChange(
        None if tags is None else made.tags,
        None if attributes is None else {**made.attributes, **taken_away},
        None if labels is None else made.labels,
    )


def word(text: str, kind: str) -> str:
    """A tag or label as it is kept: composed, without white space around. Raises InvalidRequest."""
    kept = unicodedata.normalize("NFC", text).strip()
    if not kept or len(kept) > MAX_WORD_CHARS or not kept.isprintable():
        raise InvalidRequest(
            f"{text[:MAX_WORD_CHARS]!a} cannot be a {kind}.", f"Use 1 to {MAX_WORD_CHARS} characters on one line."
        )
    return kept


def attribute_name(name: str) -> str:
    """As it is kept. Raises InvalidRequest."""
    kept = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(kept):
        raise InvalidRequest(
            f"{name[:MAX_WORD_CHARS]!a} cannot name an attribute.",
            "Use letters, digits, underscores, dots and dashes, 64 at most, a letter or digit first.",
        )
    return kept


def attribute_value(name: str, value: str | float) -> str:
    """A value as it is kept: as text, a number as JSON writes it. Raises InvalidRequest."""
    kept = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else repr(value)
    if not kept or len(kept) > MAX_VALUE_CHARS or not kept.isprintable():
        raise InvalidRequest(
            f"The attribute {name!a} cannot have that value.", f"Use 1 to {MAX_VALUE_CHARS} characters on one line."
        )
    if name == DATE and seconds(kept) is None:
        raise InvalidRequest(
            f"The attribute date cannot be {kept[:MAX_WORD_CHARS]!a}.", "Write it as 2024-03-01 or 2024-03-01T10:00Z."
        )
    return kept


def number_of(name: str, value: str) -> float | None:
    """What a value counts as when numbers are compared: a date counts in seconds since 1970."""
    if name == DATE:
        return seconds(value)
    number = float(value) if _NUMBER.fullmatch(value) else math.inf
    return number if math.isfinite(number) else None


def check_count(marks: Marks) -> None:
    """Raises InvalidRequest."""
    most = max(len(marks.tags), len(marks.attributes), len(marks.labels))
    if most > MAX_MARKS:
        raise InvalidRequest(f"{most} tags, attributes or labels are too many.", f"Give at most {MAX_MARKS} of each.")
