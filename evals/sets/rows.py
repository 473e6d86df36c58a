"""Reads JSON Lines into rows to be checked: one object a line, blank lines allowed."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence

from evals.sets.faults import FaultList, Fields


def rows(text: str, faults: FaultList) -> Iterator[Fields]:
    """The objects of a JSON Lines file; a line that is none is a fault and is left out.

    Lines end at a line feed only: ``str.splitlines`` would also cut at the rarer separators (U+2028) that JSON
    allows inside a string.
    """
    return rows_of_lines(text.split("\n"), faults)


def rows_of_lines(lines: Iterable[str], faults: FaultList) -> Iterator[Fields]:
    """The same for a file that is read line by line, since it is large."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            faults.add(place, f"not JSON ({error.msg}, column {error.colno})", "Write one JSON object a line.")
            continue
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, or brackets without end
            faults.add(place, f"not readable as JSON ({error})", "Write one JSON object a line.")
            continue
        if isinstance(value, dict):
            yield Fields(value, place, faults)
        else:
            faults.add(place, "not a JSON object", "Write one JSON object a line.")


def rows_of_list(items: Sequence[object], faults: FaultList) -> Iterator[Fields]:
    """The objects of a JSON list; rows are counted from 1, as lines are."""
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield Fields(item, f"row {number}", faults)
        else:
            faults.add(f"row {number}", "not a JSON object", "Write a list of objects, one a question.")


def content_id(*texts: str) -> str:
    """An id of a question that has none: the same wherever in the file it stands, so that runs can be compared."""
    return "q-" + hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:10]


class SeenIds:
    """Finds ids that are used twice."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def new(self, wanted: str) -> str:
        """An id that was not used before, made from one."""
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in itertools.count(1))
        free = next(name for name in names if name not in self._places)
        self._places[free] = "a row without an id"
        return free

    def check(self, row: Fields, question_id: str) -> None:
        first = self._places.setdefault(question_id, row.place)
        if first != row.place:
            row.wrong(f'the id "{question_id}" was used before ({first})', "Give every question its own id.")
