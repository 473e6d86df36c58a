"""The data folder: who may read it, its databases and indexes against each other, how old the last backup is."""

import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text

from core.errors import FootnotedError
from index import schema
from index.catalog import Collection, check_spec
from index.verify import files, words
from index.verify.check import Check
from service.backup.last import last_backup
from service.embedding.finding import Finding
from service.engine import Engine
from service.settings import Settings

_OLD = timedelta(days=8)
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_FEW_DOCUMENTS = 100
"""With fewer, nobody need be told of backups: they are ingested again in minutes."""


def guarded(check: str, run: Callable[[], list[Finding]]) -> list[Finding]:
    """What the check finds; an error is a finding, too."""
    try:
        return run()
    except FootnotedError as error:
        return [Finding(check, "failed", error.message, error.hint)]


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """Loads no model; of an encoder it asks the name and the dimension."""
    data_dir = settings.data_dir
    yield from guarded("data folder", partial(_data_folder, settings))
    if (data_dir / "catalog.db").is_file():
        yield from _permissions(data_dir)


def _data_folder(settings: Settings) -> list[Finding]:
    if not (settings.data_dir / "catalog.db").exists():
        return [Finding("data folder", "ok", f"{settings.data_dir.absolute()} is empty yet")]
    with Engine.open(settings) as engine:
        with schema.read(engine.store.catalog.engine) as connection:
            state = connection.execute(text("PRAGMA quick_check")).scalar_one()
        if state != "ok":
            hint = "Restore the last backup: footnoted restore FILE --replace"
            return [Finding("data folder", "failed", f"The catalog is damaged: {state}.", hint)]
        found, collections = [], engine.collections()
        for one in collections:
            found += guarded("collection", partial(_collection, one, engine))
        found += guarded("index", partial(_index, engine))
        found += _backup(settings.data_dir, sum(one.documents for one in collections), datetime.now(UTC))
        return found if collections else [Finding("data folder", "ok", "no collections yet")]


def _collection(collection: Collection, engine: Engine) -> list[Finding]:
    check_spec(collection, engine.store.spec_of(collection))
    counts = f"{collection.documents} documents, {collection.passages} passages"
    return [Finding("collection", "ok", f"{collection.name}: {counts}")]


def _index(engine: Engine) -> list[Finding]:
    """What is on the disk against the catalog; `footnoted verify` looks at every passage besides."""
    folder = engine.store.data_dir / "index"
    with schema.read(engine.store.catalog.engine) as connection:
        checks: list[Check] = [files.dense(connection, folder), words.keyword_indexes(connection, folder)]
    bad = [Finding("index", "failed", f"{one.name}: {one.message}", one.hint) for one in checks if one.faulty]
    return bad or [Finding("index", "ok", ", ".join(f"{one.name}: {one.message}" for one in checks))]


def _backup(data_dir: Path, documents: int, now: datetime) -> list[Finding]:
    told = last_backup(data_dir)
    hint = "Have a timer do it: footnoted backup --to FOLDER --keep 7 (deploy/systemd has one)."
    if told is None:
        if documents < _FEW_DOCUMENTS:
            return []
        return [Finding("backup", "warning", f"{documents} documents, and no backup was made.", hint)]
    age = now - told.at
    when = f"{told.at:%Y-%m-%d %H:%M} UTC, {told.file}"
    if age > _OLD:
        return [Finding("backup", "warning", f"The last one is {age.days} days old ({when}).", hint)]
    if not told.file.exists():
        hint = "Fine if it was moved to another place; otherwise make another."
        return [Finding("backup", "warning", f"The last one is not where it was written ({when}).", hint)]
    return [Finding("backup", "ok", when)]


def _permissions(data_dir: Path) -> Iterator[Finding]:
    """Whether this user can write all of it, and whether others can read what is secret."""
    folders = [data_dir, *(one for one in (data_dir / "index", data_dir / "originals") if one.is_dir())]
    databases = [path for path in sorted(data_dir.iterdir()) if path.is_file() and path.suffix in (".db", ".lock")]
    shut = [path for path in (*folders, *databases) if not os.access(path, os.W_OK)]
    if shut:
        named = ", ".join(path.name for path in shut[:5])
        hint = f"Give them to the user who serves: chown -R USER {data_dir.absolute()}"
        yield Finding("permissions", "failed", f"Not writable by this user: {named}.", hint)
        return
    secret = [*data_dir.glob("*.key"), *data_dir.glob("*.token")]
    open_secrets = [path.name for path in sorted(secret) if path.stat().st_mode & _OTHERS_READ]
    if open_secrets and _is_reached_by_others(data_dir):
        hint = f"chmod 600 {' '.join(open_secrets)}, in {data_dir.absolute()}"
        yield Finding("permissions", "failed", f"Others on this machine can read {', '.join(open_secrets)}.", hint)
    elif data_dir.stat().st_mode & _OTHERS_READ and _is_reached_by_others(data_dir):
        message = f"Others on this machine can read the documents in {data_dir.absolute()}."
        yield Finding("permissions", "warning", message, f"chmod 700 {data_dir.absolute()}")
    else:
        yield Finding("permissions", "ok", "for this user only")


def _is_reached_by_others(folder: Path) -> bool:
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder.absolute(), *folder.absolute().parents))
