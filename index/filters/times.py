"""Times of filters and of documents' dates: ISO 8601; without a time zone, UTC."""

from datetime import UTC, date, datetime, timedelta


def moment(text: str) -> tuple[datetime, bool] | None:
    """The time in UTC, of a day its beginning, and whether it is a day; None for what is no time."""
    try:
        read = datetime.fromisoformat(text)
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read, is_day(text)


def is_day(text: str) -> bool:
    """Whether the text names a day and no time of it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def next_day(day: datetime) -> datetime | None:
    """None after the last day that can be written."""
    try:
        return day + timedelta(days=1)
    except OverflowError:
        return None


def seconds(text: str) -> float | None:
    """Since 1970; None for what is no time."""
    found = moment(text)
    return found[0].timestamp() if found else None
