"""The service's own databases and keys from one place to another: jobs, sessions, sites, access, audit, questions."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, MetaData, select

from core.errors import Conflict
from index import schema
from index.place import Place
from index.sealed import THROUGH
from service.audit.tables import acts, forgotten
from service.database_file import DatabaseFile
from service.jobs.store import JobStore
from service.moving.tables import has_rows, make_same, unlike
from service.secret import put_secret, read_secret
from service.state_databases import SECRETS, STATE_DATABASES

_AUDIT = "audit.db"
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class MovedState:
    """A database, how many rows it has, and how many of them were written or taken out."""

    database: str
    rows: int
    changed: int


class StateMove:
    """Between two places; what it opened is closed by ``close``."""

    def __init__(self, source: Place, target: Place) -> None:
        self._source = source
        self._target = target
        self._files: dict[tuple[Place, str], DatabaseFile] = {}

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def check_empty(self) -> None:
        """Raises Conflict where the target has state of its own."""
        for name, tables, engine in self._opened(self._target):
            with schema.read(engine) as connection:
                if has_rows(connection, tables):
                    raise Conflict(
                        f"The new place has state of its own in {name}: keys, sites, jobs or questions.",
                        "Move into an empty database or folder, or leave --state out.",
                    )

    def check_acts(self) -> None:
        """Raises Conflict where the target's audit log has acts of its own: no act is ever taken out of one."""
        (source,) = [engine for name, _, engine in self._opened(self._source) if name == _AUDIT]
        (target,) = [engine for name, _, engine in self._opened(self._target) if name == _AUDIT]
        with schema.read(source) as reading, schema.read(target) as there:
            self._check_acts(reading, there)

    def check_jobs(self) -> None:
        """What was uploaded for them stays behind. Raises Conflict."""
        jobs = JobStore(self._source)
        try:
            waiting = jobs.unfinished()
        finally:
            jobs.file.close()
        if waiting:
            raise Conflict(
                f"{len(waiting)} jobs are not settled, such as {waiting[0][0]} of {waiting[0][1]!r}.",
                "Wait for them, or cancel them (`footnoted jobs`), and move again.",
            )

    def run(self) -> list[MovedState]:
        """Make the target's databases and keys what the source's are."""
        targets = {name: engine for name, _, engine in self._opened(self._target)}
        moved = []
        for name, tables, engine in self._opened(self._source):
            there = targets[name]
            there.update_execution_options(**{THROUGH: True})
            with schema.read(engine) as reading, schema.write(there) as writing:
                if name == _AUDIT:  # something may have been done there since the first look
                    self._check_acts(reading, writing)
                done = make_same(reading, writing, tables, delete_last=name == _AUDIT)
            moved.append(MovedState(name, done.rows, done.changed))
        for name in SECRETS:
            if (value := read_secret(self._source, name)) is not None:
                put_secret(self._target, name, value)
        return moved

    def engines_of_source(self) -> list[Engine]:
        """Of all databases: what is made later would be left behind."""
        return [engine for _, _, engine in self._opened(self._source)]

    def engines_of_target(self) -> list[Engine]:
        return [engine for _, _, engine in self._opened(self._target)]

    def _check_acts(self, source: Connection, target: Connection) -> None:
        """Those that went from the source by their age may go there, too."""
        through = source.execute(select(forgotten.c.through)).scalar() or 0
        own = [number for (number,) in unlike(source, target, acts) if number > through]
        if own:
            raise Conflict(
                f"The audit log of the new place has {len(own)} acts that are not in the one here, from number "
                f"{min(own)} on: something was done there, such as a server's start, or here it was changed.",
                f"No act is taken out of a log. {self._aside()}, and move again.",
            )

    def _aside(self) -> str:
        found = self._target.database(_AUDIT)
        if self._target.on_server:
            return f"Put that one aside by `ALTER SCHEMA {found.schema} RENAME TO {found.schema}_before` there"
        return f"Put that one aside by moving {found.path}* to another folder"

    def _opened(self, place: Place) -> Iterator[tuple[str, MetaData, Engine]]:
        for one in STATE_DATABASES:
            file = self._files.get((place, one.file))
            if file is None:
                file = self._files[place, one.file] = DatabaseFile(place, one.file, one.tables, one.format_version)
            if not file.exists():
                # Keys are in some of them: closed to others from their first byte on.
                file.path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(file.path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
            yield one.file, one.tables, file.opened()
