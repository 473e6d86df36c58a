"""The address of a PostgreSQL database: checked, and as it may be shown."""

from importlib.util import find_spec

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingsError

_DRIVER = "postgresql+psycopg"


def address_of(url: str) -> URL:
    """For SQLAlchemy. Raises SettingsError for what is no address, or where the client is not installed."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # its message may hold the password
        raise SettingsError("database.url cannot be read.", _EXAMPLE) from error
    if parsed.drivername.partition("+")[0] not in ("postgresql", "postgres") or not parsed.database:
        raise SettingsError(f"database.url cannot be {shown(parsed)}.", _EXAMPLE)
    if find_spec("psycopg") is None:
        raise SettingsError(
            "database.url needs the PostgreSQL client, which is not installed.", 'pip install "footnoted[postgres]"'
        )
    return parsed.set(drivername=_DRIVER)


def shown(url: URL) -> str:
    """Without its password and options."""
    plain = URL.create(url.drivername.partition("+")[0], url.username, None, url.host, url.port, url.database)
    return plain.render_as_string()


_EXAMPLE = "Write it as postgresql://USER@HOST:5432/NAME, with the password in a file (database.password_file)."
