"""Faults of a question set are collected and told together, each with its place and the way out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InvalidRequest

SHOWN = 50
HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``place`` is a line or row ("line 3") or a path in a JSON file ("data[0].title")."""

    place: str
    wrong: str
    remedy: str


@dataclass(slots=True)
class FaultList:
    """The faults of one file."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def nowhere(cls) -> "FaultList":
        """A list that nobody reads, for a look at what a file may be."""
        return cls(Path())

    def add(self, place: str, wrong: str, remedy: str) -> None:
        self.faults.append(Fault(place, wrong, remedy))

    def raise_any(self) -> None:
        """:raises InvalidRequest: naming every fault, if there is one."""
        if self.faults:
            raise InvalidRequest(self._message(), self._hint())

    def _message(self) -> str:
        shown = [f"{self.path}, {f.place}: {f.wrong}" for f in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            shown.append(f"… and {len(self.faults) - SHOWN} more")
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        return "\n".join([f"The question set has {count}.", *shown])

    def _hint(self) -> str:
        return "\n".join(dict.fromkeys(f.remedy for f in self.faults))


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of a set, read field by field; what is wrong goes to the fault list.

    A reader returns None (or an empty tuple) for a field that is absent or bad, so that reading goes on and the
    other faults of the object are found too. A field that holds null is absent.
    """

    values: Mapping[str, object]
    place: str
    faults: FaultList

    def wrong(self, message: str, remedy: str) -> None:
        self.faults.add(self.place, message, remedy)

    def text(self, name: str, *, required: bool = True) -> str | None:
        value = self.values.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(f'"{name}" {_described(value)}', f'"{name}" is a text that is not empty.')
            return None
        return self._whole(name, value)

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(f'"{name}" {_described(value)}', f'"{name}" is true or false.')
        return None

    def number(self, name: str, *, least: int, required: bool = False) -> int | None:
        value = self.values.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.wrong(f'"{name}" {_described(value)}', f'"{name}" is a whole number, {least} or more.')
            return None
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.wrong(f'"{name}" {_described(value)}', f'"{name}" is a list of texts that are not empty.')
            return ()
        return tuple(text for text in value if self._whole(name, text))

    def objects(self, name: str, *, required: bool = False) -> Sequence["Fields"]:
        """The objects in the list ``name``, each ready to be read."""
        value = self.values.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.wrong(f'"{name}" {_described(value)}', f'"{name}" is a list of objects.')
            return []
        return list(self._objects(name, value))

    def _whole(self, name: str, value: str) -> str | None:
        """JSON can write half of a character outside the Unicode plane 0; no file can hold it."""
        if HALF_CHARACTER.search(value):
            self.wrong(
                f'"{name}" holds half a character: {value!a}', "Write surrogates in pairs, or the text as UTF-8."
            )
            return None
        return value

    def _objects(self, name: str, items: Sequence[object]) -> Iterator["Fields"]:
        for number, item in enumerate(items):
            if isinstance(item, dict):
                yield Fields(item, self._inside(f"{name}[{number}]"), self.faults)
            else:
                self.wrong(f'"{name}[{number}]" {_described(item)}', f'"{name}" is a list of objects.')

    def _inside(self, name: str) -> str:
        separator = "" if not self.place else ", " if self.place.startswith(("line", "row")) else "."
        return f"{self.place}{separator}{name}"


def _described(value: object) -> str:
    if value is None:
        return "is missing"
    if value in ("", [], {}):
        return "is empty"
    shown = repr(value)
    return f"is {shown}" if len(shown) <= 60 else f"is {shown[:57]}…"
