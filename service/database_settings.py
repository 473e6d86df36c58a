"""Where state is kept and searched: the addresses of a database and of a search engine, and their passwords."""

import re
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.errors import SettingsError

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")  # as libpq and SQLAlchemy have it
_SECRET_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^/?#@\s:]*):[^/?#\s]*@", re.IGNORECASE)
_SECRET_IN_QUERY = re.compile(r"(?P<before>[?&](?:password|sslpassword|token)=)[^&#\s]*", re.IGNORECASE)


class DatabaseSettings(BaseModel):
    """The database of the catalog and of all state of the service."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        None,
        description="A PostgreSQL with pgvector, for several machines: postgresql://USER@HOST:5432/NAME; without one, "
        "SQLite files in data_dir.",
    )
    password_file: Path | None = Field(None, description="A file whose first line is the password of the URL's user.")

    @field_validator("url")
    @classmethod
    def _is_of_postgres(cls, url: str | None) -> str | None:
        if url is not None:
            parts = _parsed(url)
            if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
                raise ValueError("write it as postgresql://USER@HOST:5432/NAME")
        return url

    @property
    def address(self) -> str | None:
        """``postgresql://…`` with the password. Raises SettingsError where the password's file cannot be read."""
        url = with_password(self.url, self.password_file, "database.password_file")
        return None if url is None else f"postgresql://{url.partition('://')[2]}"


class IndexSettings(BaseModel):
    """How the index is kept, and where."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        None,
        description="A Milvus that searches: http://HOST:19530; it needs database.url. Without one, the database does: "
        "files beside SQLite, or pgvector.",
    )
    password_file: Path | None = Field(None, description="A file whose first line is the password of the URL's user.")
    exact_up_to: int = Field(
        50_000,
        ge=0,
        description="Up to so many passages of a collection, a question is compared with all; above, with the nearest.",
    )
    recall: float = Field(
        0.98, gt=0, le=1, description="Share of the nearest ten that a search above `exact_up_to` is to find."
    )
    secure_delete: bool = Field(True, description="Overwrite what is deleted or replaced in the catalog's files.")
    vacuum_after_delete: bool = Field(
        False,
        description="Also write the catalog anew after a delete: SQLite leaves copies of rows that it moved, and "
        "`footnoted verify` tells of them. Takes time and room in proportion to the catalog.",
    )

    @field_validator("url")
    @classmethod
    def _is_of_an_engine(cls, url: str | None) -> str | None:
        if url == "":  # compose files give variables that are not set as empty ones
            return None
        if url is not None:
            parts = _parsed(url)
            if parts.scheme.removeprefix("milvus+") not in ("http", "https") or not parts.hostname:
                raise ValueError("write it as http://HOST:19530 for Milvus, or leave it out")
        return url

    @property
    def address(self) -> str | None:
        """The URL with its password. Raises SettingsError where the password's file cannot be read."""
        return with_password(self.url, self.password_file, "index.password_file")


def with_password(url: str | None, file: Path | None, setting: str) -> str | None:
    """The URL with the first line of the file as the user's password. Raises SettingsError."""
    if url is None or file is None:
        return url
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting}: {file} cannot be read: {error}.", "Check its path and permissions.") from error
    password = lines[0].strip() if lines else ""
    if not password:
        raise SettingsError(f"{setting}: the first line of {file} is empty.", "Write the password into it.")
    parts = urlsplit(url)
    before, _, host = parts.netloc.rpartition("@")
    user = before.partition(":")[0]
    if not user:
        raise SettingsError(f"{setting} is set, and the URL names no user.", f"Write it as {parts.scheme}://USER@HOST.")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def without_password(text: str) -> str:
    """A URL, or a text with URLs in it, as it may be shown."""
    return _SECRET_IN_QUERY.sub(r"\g<before>***", _SECRET_IN_URL.sub(r"\g<before>:***@", text))


def _parsed(url: str) -> SplitResult:
    """Raises ValueError, whose words hold nothing of the URL: it may have a password in it."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises ValueError for what is no number
    except ValueError:
        parts = None
    if parts is None or "@" in parts.path + parts.query:
        raise ValueError(
            "it is no URL; put the password into a file (password_file), or write its signs as %2F and so on"
        )
    return parts
