"""Times as the databases keep them."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """As it is kept: UTC, ISO 8601 with milliseconds, of one length, so that its order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
