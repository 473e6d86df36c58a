"""Dates in a text, whole or in part: "5 March 1999", "March 1999", "1999-03-05", "1990s", "1999年3月5日"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MONTHS = """
january jan enero janvier januar январь января gennaio janeiro januari stycznia січня يناير
february feb febrero février februar февраль февраля febbraio fevereiro februari lutego лютого فبراير
march mar marzo mars märz март марта março maart marca березня مارس
april apr abril avril апрель апреля aprile kwietnia квітня أبريل
may mayo mai май мая maggio maio mei maja травня مايو
june jun junio juin juni июнь июня giugno junho czerwca червня يونيو
july jul julio juillet juli июль июля luglio julho lipca липня يوليو
august aug agosto août август августа augustus sierpnia серпня أغسطس
september sep sept septiembre septembre сентябрь сентября settembre setembro września вересня سبتمبر
october oct octubre octobre oktober октябрь октября ottobre outubro października жовтня أكتوبر
november nov noviembre novembre ноябрь ноября novembro listopada листопада نوفمبر
december dec diciembre décembre dezember декабрь декабря dicembre dezembro grudnia грудня ديسمبر
"""
_MONTH = {name: i for i, line in enumerate(_MONTHS.strip().splitlines(), 1) for name in line.split()}
_NAME = "|".join(sorted(_MONTH, key=len, reverse=True))
_YEAR = r"(?P<{0}>1\d\d\d|20\d\d)"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|er|º|\.)?"
_PATTERNS = [
    re.compile(p, re.I)
    for p in (
        r"(?<![\d.-])(?P<year>[12]\d\d\d)-(?P<month>[01]?\d)-(?P<day>[0-3]?\d)(?![\d-])",
        r"(?P<year>[12]\d\d\d)\s?[年년](?:\s?(?P<month>[01]?\d)\s?[月월](?:\s?(?P<day>[0-3]?\d)\s?[日号일])?)?",
        r"(?<!\d)(?P<month>[01]?\d)\s?[月월](?:\s?(?P<day>[0-3]?\d)\s?[日号일])?",
        r"(?<![\d/])(?P<either>[0-3]?\d)[/.](?P<other>[0-3]?\d)[/.](?P<year>[12]\d\d\d)(?![\d/])",
        rf"(?<!\w){_DAY.format('day')}\s(?:of\s|de\s)?(?P<name>{_NAME})\.?(?:,?\s(?:de\s|of\s)?{_YEAR.format('year')})?(?!\w)",
        rf"(?<!\w)(?P<name>{_NAME})\.?\s(?:the\s)?{_DAY.format('day')}(?!\w|[.,]\d{{3}})(?:,?\s{_YEAR.format('year')}(?!\w))?",
        rf"(?<!\w)(?P<name>{_NAME})\.?,?\s(?:of\s|de\s)?{_YEAR.format('year')}(?!\w)",
        r"(?<![\w.,])(?P<decade>1\d\d0|20\d0)['’]?s(?!\w)",
        rf"(?<![\w.,$€£]){_YEAR.format('year')}(?![\w%]|[.,]\d)",
    )
]
# Small, these are words; "May" and "Mar" also at the beginning of a sentence.
_MONTH_ALONE = re.compile(
    r"(?<!\w)(January|February|March|April|June|July|August|September|October|November|December"
    r"|(?<=\s)May(?=[\s,.]))(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Date:
    """What a text says of a date; a part that it does not say is None. ``decade`` tells 1990 from the 1990s."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    decade: bool = False
    start: int = 0
    end: int = 0

    @property
    def parts(self) -> dict[str, int]:
        named = (("year", self.year), ("month", self.month), ("day", self.day))
        return {name: part for name, part in named if part is not None}


def dates(text: str) -> list[Date]:
    """The dates of a text in no order, each place told once; 04/05/1999 counts for both readings."""
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken):
                continue
            read = _read(match.groupdict(), start, end)
            if read:
                taken.append((start, end))
                found += read
    for match in _MONTH_ALONE.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b in taken):
            found.append(Date(month=_MONTH[match.group().lower()], start=match.start(), end=match.end()))
    return found


def missing(said: Sequence[Date], read: Sequence[Date]) -> bool:
    """Whether a date was said that was not read: not whole in one place, nor in parts that agree in several."""
    return any(not _is_read(date, read, said) for date in said)


def _is_read(date: Date, read: Sequence[Date], said: Sequence[Date]) -> bool:
    places = [other for other in said if (other.start, other.end) == (date.start, date.end)]
    return any(_agrees(reading, read) for reading in places)


def _agrees(date: Date, read: Sequence[Date]) -> bool:
    parts = date.parts.items()
    if date.decade:
        return any(o.year is not None and date.year is not None and o.year // 10 == date.year // 10 for o in read)
    for other in read:
        if other.decade:
            continue
        theirs = other.parts
        shared = [name for name, _ in parts if name in theirs]
        if not shared or any(date.parts[name] != theirs[name] for name in shared):
            continue
        rest = {name: part for name, part in parts if name not in theirs}
        # "In 1999 … on 5 March": what one place leaves out, another may say.
        if all(any(o.parts.get(name) == part for o in read) for name, part in rest.items()):
            return True
    return False


def _read(groups: dict[str, str | None], start: int, end: int) -> list[Date]:
    year = int(groups["year"] or "0") if groups.get("year") else None
    if groups.get("decade"):
        return [Date(year=int(groups["decade"] or "0"), decade=True, start=start, end=end)]
    if groups.get("either"):
        first, second = int(groups["either"] or "0"), int(groups["other"] or "0")
        return [
            Date(year, month, day, start=start, end=end)
            for month, day in {(first, second), (second, first)}
            if 1 <= month <= 12 and 1 <= day <= 31
        ]
    name = groups.get("name")
    month = _MONTH[name.lower()] if name else int(groups["month"] or "0") if groups.get("month") else None
    day = int(groups["day"] or "0") if groups.get("day") else None
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return []
    return [Date(year, month, day, start=start, end=end)] if year or month else []
