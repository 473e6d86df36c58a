"""JSON to a filter. Every mistake is told with its place and with what is known there."""

import math
import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn

from core.errors import InvalidRequest
from index.filters.filter import (
    ATTRIBUTE,
    FIELDS,
    OPERATORS,
    And,
    AnyOf,
    Filter,
    Not,
    Operator,
    Or,
    Prefix,
    Range,
)
from index.filters.times import is_day, moment, next_day
from index.marks import attribute_name

MAX_DEPTH = 10
MAX_VALUES = 10_000
MAX_PARTS = 400
MAX_VALUE_CHARS = 4_000

_TIMES = frozenset({"ingested_at", "date"})
_WITH_PREFIX = frozenset({"uri", "media_type"})
_KNOWN = f"Known are {', '.join((*FIELDS, f'{ATTRIBUTE}NAME'))}, and, or, not."


def parse(value: Any) -> Filter | None:
    """None where any document is meant: for ``{}`` and None.

    Raises InvalidRequest with the place of the mistake, such as ``filter.and[1].language``.
    """
    if value is None or value == {}:
        return None
    return _Parser().parse(value, "filter", MAX_DEPTH)


class _Parser:
    def __init__(self) -> None:
        self._left = MAX_VALUES
        self._parts_left = MAX_PARTS

    def parse(self, value: Any, place: str, depth: int) -> Filter:
        if not isinstance(value, dict):
            _refuse(place, f"is {_shown(value)}", 'Write an object, such as {"tag": "finance"}.')
        if not depth:
            _refuse(place, f"is more than {MAX_DEPTH} levels deep", "Write a flatter one.")
        self._parts_left -= 1 + len(value)  # SQLite takes an expression of so many parts, not of any number
        if self._parts_left < 0:
            _refuse("filter", f"has more than {MAX_PARTS} parts", 'Write a list of values: {"tag": ["a", "b"]}.')
        parts = [self._named(name, inner, f"{place}.{name}", depth - 1) for name, inner in value.items()]
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _named(self, name: str, value: Any, place: str, depth: int) -> Filter:
        if name in ("and", "or"):
            if not isinstance(value, list):
                _refuse(place, f"is {_shown(value)}", "Write a list of filters.")
            parts = tuple(self.parse(one, f"{place}[{i}]", depth) for i, one in enumerate(value))
            return And(parts) if name == "and" else Or(parts)
        if name == "not":
            return Not(self.parse(value, place, depth))
        if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
            return self._attribute(ATTRIBUTE + attribute_name(name[len(ATTRIBUTE) :]), value, _cut(place))
        if name in _TIMES:
            return self._time(name, value, place)
        if name in FIELDS:
            return self._text_field(name, value, place)
        raise InvalidRequest(f"{_cut(place)} is unknown.", _KNOWN)

    def _text_field(self, name: str, value: Any, place: str) -> Filter:
        if isinstance(value, dict):
            if name not in _WITH_PREFIX:
                _refuse(place, "is an object", "Write a text, or a list of texts.")
            return self._prefix(name, value, place)
        composed = name in ("tag", "label")
        return AnyOf(name, self._values(value, place, lambda one, at: _text(one, at, composed=composed)))

    def _attribute(self, name: str, value: Any, place: str) -> Filter:
        if not isinstance(value, dict):
            return AnyOf(name, self._values(value, place, _scalar))
        if "prefix" in value:
            return self._prefix(name, value, place, composed=True)
        bounds = self._bounds(value, place, _scalar, "prefix")
        if len({isinstance(bound, str) for _, bound in bounds}) > 1:
            _refuse(place, "compares with a number and with a text", "Use one of them.")
        return Range(name, bounds)

    def _time(self, name: str, value: Any, place: str) -> Filter:
        if isinstance(value, str) and is_day(value):
            value = {"gte": value, "lte": value}
        if not isinstance(value, dict):
            hint = f'Write a day, such as "2024-03-01", or bounds: {", ".join(OPERATORS)}.'
            _refuse(place, f"is {_shown(value)}", hint)
        read: list[tuple[Operator, str | float]] = []
        for operator, text in self._bounds(value, place, _text):
            found = moment(str(text))
            if found is None:
                _refuse(f"{place}.{operator}", f"is {_shown(text)}", "Write 2024-03-01 or 2024-03-01T10:00:00Z.")
            time, whole_day = found
            # A day as an upper bound is the whole day, and what is after a day is not in it.
            if whole_day and operator in ("lte", "gt"):
                following = next_day(time)
                if following is None:
                    _refuse(f"{place}.{operator}", f"is {_shown(text)}", "Write an earlier day.")
                time, operator = following, "lt" if operator == "lte" else "gte"
            read.append((operator, time.isoformat() if name == "ingested_at" else time.timestamp()))
        return Range(name, tuple(read))

    def _bounds(
        self, value: dict[str, Any], place: str, one: Callable[[Any, str], str | float], *also: str
    ) -> tuple[tuple[Operator, str | float], ...]:
        unknown = [name for name in value if name not in OPERATORS]
        if unknown or not value:
            what = f"has {_shown(unknown[0])}" if unknown else "is empty"
            _refuse(place, what, f"Known are {', '.join((*OPERATORS, *also))}.")
        self._count(len(value), place)
        return tuple((name, one(value[name], f"{place}.{name}")) for name in OPERATORS if name in value)

    def _prefix(self, name: str, value: dict[str, Any], place: str, *, composed: bool = False) -> Filter:
        if set(value) != {"prefix"}:
            _refuse(place, "is another object", 'Write {"prefix": "…"}, and nothing beside.')
        self._count(1, place)
        return Prefix(name, _text(value["prefix"], f"{place}.prefix", composed=composed))

    def _values(self, value: Any, place: str, one: Callable[[Any, str], str | float]) -> tuple[str | float, ...]:
        if not isinstance(value, list):
            self._count(1, place)
            return (one(value, place),)
        self._count(len(value), place)
        return tuple(dict.fromkeys(one(item, f"{place}[{i}]") for i, item in enumerate(value)))

    def _count(self, values: int, place: str) -> None:
        self._left -= values
        if self._left < 0:
            _refuse(place, f"makes more than {MAX_VALUES:,} values in all", "Use a tag or an attribute instead.")


def _text(value: Any, place: str, *, composed: bool = False) -> str:
    if not isinstance(value, str):
        _refuse(place, f"is {_shown(value)}", "Write a text.")
    if len(value) > MAX_VALUE_CHARS:
        _refuse(place, f"has {len(value):,} characters", f"At most {MAX_VALUE_CHARS:,} go.")
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        _refuse(place, "has a character that no document's can have", "Leave it out.")
    return unicodedata.normalize("NFC", value) if composed else value


def _scalar(value: Any, place: str) -> str | float:
    """A number, or a text. JSON's true is neither, since Python takes it for 1."""
    if isinstance(value, str):
        return _text(value, place, composed=True)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(place, f"is {_shown(value)}", "Write a text or a number.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse(place, "is a number without end", "Write a smaller one.")
    return number


def _refuse(place: str, what: str, hint: str) -> NoReturn:
    raise InvalidRequest(f"{_cut(place)} {what}.", hint)


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return _cut(ascii(value)) if isinstance(value, str | float) else "a number"


def _cut(text: str) -> str:
    """Names come from the request: half characters cannot be sent back, and it may be long."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 200 else f"{text[:200]}…"
