"""Random keys, made when they are first needed: in files of the data folder that only their owner may read, or in the
database of all replicas."""

import os
import secrets
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, insert, select

from core.errors import IndexBroken
from index.place import Place
from index.schema import read, write
from service.database_file import DatabaseFile
from service.timestamps import timestamp, utc_now

KEY_BYTES = 32
SECRET_FILE = "secret.key"
_OWNER_ONLY = 0o600
_FILE = "secrets.db"  # on a server only: the schema footnoted_secrets
_FORMAT_VERSION = 1

_metadata = MetaData()
_secrets = Table(
    "secrets",
    _metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("made_at", String, nullable=False),
)


def load_secret(place: Path | Place) -> bytes:
    """The key that signs what the server gives out: session tokens, the operator's cookie.

    Raises IndexBroken, NotReady. Each use is to have a salt of its own, so that what was signed for one is nothing to
    another.
    """
    return load_key(place, SECRET_FILE, "everybody who is signed in or has a chat open then starts anew")


def load_key(place: Path | Place, name: str, when_deleted: str) -> bytes:
    """The 32 bytes of a key; ``when_deleted`` says what it means to lose it. Raises IndexBroken, NotReady."""
    key = load_or_make(place, name, lambda: secrets.token_bytes(KEY_BYTES))
    if len(key) != KEY_BYTES:
        raise IndexBroken(
            f"{where(place, name)} does not hold a key of {KEY_BYTES} bytes.",
            f"Restore it from a backup, or delete it: {when_deleted}.",
        )
    return key


def load_or_make(place: Path | Place, name: str, make: Callable[[], bytes]) -> bytes:
    """What is kept under the name; whoever is first makes it. Raises IndexBroken, NotReady."""
    place = Place.of(place)
    if place.on_server:
        with closing(DatabaseFile(place, _FILE, _metadata, _FORMAT_VERSION)) as file:
            return _load_row(file, name) or _make_row(file, name, make())
    path = place.folder / name
    try:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            make_owner_file(path, make())
            return path.read_bytes()
    except OSError as error:
        raise IndexBroken(
            f"{path} cannot be read or written: {error.strerror}.", "Check the folder's permissions."
        ) from error


def read_secret(place: Path | Place, name: str) -> bytes | None:
    """What is kept under the name, if anything. Raises IndexBroken, NotReady."""
    place = Place.of(place)
    if place.on_server:
        with closing(DatabaseFile(place, _FILE, _metadata, _FORMAT_VERSION)) as file:
            return _load_row(file, name)
    try:
        return (place.folder / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexBroken(f"{place.folder / name} cannot be read: {error.strerror}.", "Check permissions.") from error


def put_secret(place: Path | Place, name: str, value: bytes) -> None:
    """In place of what is there: for who moves all state elsewhere. Raises IndexBroken, NotReady."""
    place = Place.of(place)
    if place.on_server:
        file = DatabaseFile(place, _FILE, _metadata, _FORMAT_VERSION)
        with closing(file), write(file.opened()) as connection:
            connection.execute(delete(_secrets).where(_secrets.c.name == name))
            connection.execute(insert(_secrets).values(name=name, value=value, made_at=timestamp(utc_now())))
        return
    path = place.folder / name
    try:
        path.unlink(missing_ok=True)
        make_owner_file(path, value)
    except OSError as error:
        raise IndexBroken(f"{path} cannot be written: {error.strerror}.", "Check its permissions.") from error


def where(place: Path | Place, name: str) -> str:
    """How messages name the place of a secret."""
    place = Place.of(place)
    if place.on_server:
        return f"The row {name!r} of {place.database(_FILE).schema}.{_secrets.name}"
    return str(place.folder / name)


def _load_row(file: DatabaseFile, name: str) -> bytes | None:
    with read(file.opened()) as connection:
        found: bytes | None = connection.execute(select(_secrets.c.value).where(_secrets.c.name == name)).scalar()
    return None if found is None else bytes(found)


def _make_row(file: DatabaseFile, name: str, value: bytes) -> bytes:
    """One writer at a time: of two that start together, both get the same."""
    with write(file.opened()) as connection:
        found: bytes | None = connection.execute(select(_secrets.c.value).where(_secrets.c.name == name)).scalar()
        if found is not None:
            return bytes(found)
        row = {"name": name, "value": value, "made_at": timestamp(utc_now())}
        connection.execute(insert(_secrets).values(row))
    return value


def make_owner_file(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read, unless another process was faster. Raises OSError.

    It is written whole before it has its name: a reader never sees half of it, also after a power cut, and of two
    processes that start together, both read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
