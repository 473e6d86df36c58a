"""What stands before the items of a Word file's lists: a hyphen, or the number as Word counts it."""

from collections import defaultdict
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_DEEPEST = 9


class Numbering:
    """Counts the items of lists in the order of the document."""

    def __init__(self, numbering: Any | None) -> None:
        """``numbering`` is the root of word/numbering.xml, None where there is none."""
        self._formats: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * _DEEPEST)
        if numbering is not None:
            self._read(numbering)

    def mark(self, list_id: str, level: int) -> str:
        """``-``, ``3.``, ``b)``, ``2.1`` and the like for the next item of a list at a level from 0."""
        level = min(level, _DEEPEST - 1)
        format_, pattern, _ = self._formats.get((list_id, level), ("bullet", "", 1))
        counts = self._counts[list_id]
        counts[level] += 1
        counts[level + 1 :] = [0] * (_DEEPEST - level - 1)
        if format_ in ("bullet", "none") or "%" not in pattern:
            return "-"
        shown = pattern
        for i in range(level + 1):
            kind, _, first = self._formats.get((list_id, i), ("decimal", "", 1))
            shown = shown.replace(f"%{i + 1}", _number(first - 1 + max(counts[i], 1), kind))
        return shown.strip() or "-"

    def _read(self, root: Any) -> None:
        levels = {a.get(f"{_W}abstractNumId"): list(a.iter(f"{_W}lvl")) for a in root.iter(f"{_W}abstractNum")}
        for num in root.iter(f"{_W}num"):
            number = num.get(f"{_W}numId")
            abstract = num.find(f"{_W}abstractNumId")
            for level in levels.get(_value(abstract), []):
                depth = level.get(f"{_W}ilvl", "0")
                start = _value(level.find(f"{_W}start")) or "1"
                self._formats[number, int(depth) if depth.isdigit() else 0] = (
                    _value(level.find(f"{_W}numFmt")) or "decimal",
                    _value(level.find(f"{_W}lvlText")) or "",
                    int(start) if start.isdigit() else 1,
                )


def _value(element: Any | None) -> str | None:
    return None if element is None else element.get(f"{_W}val")


def _number(count: int, kind: str) -> str:
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman = ""
        for value, digits in _ROMAN:
            times, count = divmod(count, value)
            roman += digits * times
        return roman if kind == "lowerRoman" else roman.upper()
    return str(count)
