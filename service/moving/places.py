"""Where something is to be moved, as the command line says it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from core.errors import InvalidRequest
from service.database_settings import DatabaseSettings, IndexSettings, without_password
from service.settings import Settings

_Group = TypeVar("_Group", bound=BaseModel)
_DATABASE = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Target:
    """``settings`` are the present ones but for the place. ``is_other_database`` where the catalog moves, too:
    otherwise another engine is to search the same catalog."""

    settings: Settings
    is_other_database: bool


def target_of(
    settings: Settings, to: str | None, index: str | None = None, password_file: Path | None = None
) -> Target:
    """``to`` is a PostgreSQL's URL or a folder; without it, the database stays. ``index`` is a Milvus's URL; without
    it, the database or the folder searches. ``password_file`` is of the PostgreSQL's user; that of a user of the Milvus
    is in the settings already. Raises InvalidRequest.
    """
    if to is None and index is None:
        raise InvalidRequest("It is not said where to.", "footnoted migrate --to postgresql://USER@HOST/NAME")
    database, folder = settings.database, settings.data_dir
    if to is not None:
        on_server = to.startswith(_DATABASE)
        if "://" in to and not on_server:
            raise InvalidRequest(
                f"{without_password(to)} is neither a PostgreSQL nor a folder.",
                "Write postgresql://USER@HOST:5432/NAME, or a folder; a Milvus is named by --index.",
            )
        folder = folder if on_server else Path(to)
        wanted = _checked(DatabaseSettings, url=to if on_server else None, password_file=password_file)
        is_same = on_server and place_name(settings.model_copy(update={"database": wanted})) == place_name(settings)
        if is_same and password_file is None:
            wanted = wanted.model_copy(update={"password_file": database.password_file})
        database = wanted
    if index is not None and database.url is None:
        raise InvalidRequest(
            "A Milvus searches beside a PostgreSQL, which has the catalog.",
            "Give --to postgresql://USER@HOST/NAME too.",
        )
    own = settings.index.password_file if index is not None and _asks_for_password(index) else None
    searched = _checked(IndexSettings, **{**settings.index.model_dump(), "url": index, "password_file": own})
    target = settings.model_copy(update={"data_dir": folder, "database": database, "index": searched})
    if place_name(settings) == place_name(target) and settings.index.url == target.index.url:
        raise InvalidRequest(f"{named(settings)} is the place where it is.", "Name another one by --to or --index.")
    return Target(target, place_name(settings) != place_name(target))


def named(settings: Settings) -> str:
    """The place as messages have it, without a password."""
    told = without_password(settings.database.url) if settings.database.url else str(settings.data_dir.absolute())
    return f"{told} with {without_password(settings.index.url)}" if settings.index.url else told


def _asks_for_password(url: str) -> bool:
    """Whether it names a user alone."""
    user, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return bool(at) and ":" not in user


def _checked(group: type[_Group], **values: Any) -> _Group:
    try:
        return group(**values)
    except ValidationError as error:
        faults = "; ".join(e["msg"] for e in error.errors(include_url=False, include_input=False))
        raise InvalidRequest(f"It cannot be moved there: {faults}.", "Correct --to or --index.") from error


def place_name(settings: Settings) -> str:
    """The database, or the folder: what a place is told from others by, however its URL is written."""
    if settings.database.url is None:
        return str(settings.data_dir.absolute())
    return _plain(without_password(settings.database.url))


def _plain(url: str) -> str:
    """With the port that is meant where there is none, and without parameters of the connection."""
    parts = urlsplit(url)
    if not parts.hostname or "," in parts.netloc:  # a socket, or several hosts: as they are written
        return url
    user = f"{parts.username}@" if parts.username else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"postgresql://{user}{host}:{parts.port or 5432}{parts.path}"
