"""The log of administrative acts: appended to by every process of a data folder, each act chained to the one before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from core.errors import IndexBroken
from core.plain_text import printable
from index.place import Place
from index.schema import read, write
from service.audit.records import MOST_CHARS, Act, KeptAct, Outcome, Verified
from service.audit.tables import FIRST, FORMAT_VERSION, act_row, acts, digest_of, forgotten, metadata, to_act
from service.database_file import DatabaseFile
from service.timestamps import timestamp, utc_now

FILE = "audit.db"
_PRAGMAS = ("secure_delete = ON", "synchronous = FULL", "busy_timeout = 2000")
_AT_ONCE = 1000

log = structlog.get_logger("footnoted")


class AuditLog:
    """Safe from several threads and processes. The file is made by the first act."""

    def __init__(self, place: Path | Place) -> None:
        self.file = DatabaseFile(place, FILE, metadata, FORMAT_VERSION, _PRAGMAS)

    def close(self) -> None:
        self.file.close()

    def append(self, act: Act) -> KeptAct:
        """Kept on disk when this returns; also told in the server's log, with its digest, where it can be compared.

        Raises IndexBroken, NotReady.
        """
        act = replace(act, actor=_short(act.actor), act=_short(act.act), target=_short(act.target))
        with write(self.file.opened()) as connection:
            at = timestamp(utc_now())  # within the transaction: in the order of the ids
            last, before = _last(connection)
            digest = digest_of(before, at, act)
            row = act_row(at, act, digest)
            if self.file.place.on_server:  # whose numbers have gaps where a transaction failed
                row["id"] = last + 1
            number = connection.execute(insert(acts).values(row).returning(acts.c.id)).scalar_one()
        log.info("act", id=number, **{name: row[name] for name in ("actor", "act", "target", "outcome", "digest")})
        return KeptAct(number, at, act, digest)

    def recent(self, limit: int, actor: str | None = None, act: str | None = None) -> list[KeptAct]:
        """The latest acts, newest first, of that actor and with that beginning of the act. Raises IndexBroken."""
        query = select(acts).order_by(acts.c.id.desc()).limit(limit)
        if actor is not None:
            query = query.where(acts.c.actor == actor)
        if act is not None:
            query = query.where(acts.c.act.startswith(act, autoescape=True))
        return self._found(query) if self.file.exists() else []

    def all(self) -> Iterator[KeptAct]:
        """Every act, oldest first, some at a time. Raises IndexBroken."""
        last = 0
        while self.file.exists():
            some = self._found(select(acts).where(acts.c.id > last).order_by(acts.c.id).limit(_AT_ONCE))
            if not some:
                return
            yield from some
            last = some[-1].id

    def verify(self, keep_days: int) -> Verified:
        """Whether each act follows from the one before it, and those that went did so by their age.

        Raises IndexBroken.
        """
        if not self.file.exists():
            return Verified(0, 0, FIRST, None)
        with read(self.file.opened()) as connection:
            gone = connection.execute(select(forgotten)).mappings().first()
            head, count, last = (gone["digest"], 0, gone["through"]) if gone else (FIRST, 0, 0)
            first_at = connection.execute(select(acts.c.at).order_by(acts.c.id).limit(1)).scalar()
            is_beheaded = gone is not None and (first_at is None or first_at >= _days_ago(keep_days))
            for row in connection.execute(select(acts).order_by(acts.c.id)).mappings():
                try:
                    kept = to_act(row)
                except IndexBroken:
                    kept = None
                follows = kept is not None and digest_of(head, kept.at, kept.act) == kept.digest
                if not follows or row["id"] != last + 1:  # ids are given in order, without a gap
                    return Verified(count, gone["count"] if gone else 0, head, row["id"], is_beheaded)
                head, last, count = row["digest"], row["id"], count + 1
            return Verified(count, gone["count"] if gone else 0, head, None, is_beheaded)

    def forget_before(self, days: int) -> int:
        """Remove the acts that are older, from the oldest on; gives how many. Raises IndexBroken, NotReady.

        The newest of them stays: its time, which is part of the chain, shows that those before it went by their age.
        """
        if not self.file.exists():
            return 0
        oldest = _days_ago(days)
        with self.file.erasing() as connection:
            first_kept = connection.execute(select(func.min(acts.c.id)).where(acts.c.at >= oldest)).scalar()
            old = acts.c.at < oldest if first_kept is None else acts.c.id < first_kept
            latest = select(acts).where(old).order_by(acts.c.id.desc())
            last = connection.execute(latest.offset(1).limit(1)).mappings().first()
            if last is None:
                return 0
            gone = acts.c.id <= last["id"]
            count = connection.execute(select(func.count()).select_from(acts).where(gone)).scalar_one()
            row = {"one": 1, "through": last["id"], "count": count, "digest": last["digest"]}
            more = update(forgotten).values({**row, "count": forgotten.c.count + count})
            if not connection.execute(more).rowcount:
                connection.execute(insert(forgotten).values(row))
            connection.execute(delete(acts).where(gone))
            return count

    def _found(self, query: Select[tuple[object, ...]]) -> list[KeptAct]:
        with read(self.file.opened()) as connection:
            return [to_act(row) for row in connection.execute(query).mappings()]


def record_act(place: Path | Place, actor: str, act: str, target: str, outcome: Outcome = Outcome.DONE) -> None:
    """For commands: one act, such as "keys.create", with the id or name of what it was done to. Raises IndexBroken,
    NotReady.
    """
    audit = AuditLog(place)
    try:
        audit.append(Act(actor, act, target, outcome))
    finally:
        audit.close()


def forget_acts(audit: AuditLog, days: int) -> None:
    """Once a day: what is older goes; a failure is told, and tried again the next time."""
    try:
        audit.forget_before(days)
    except Exception:  # a border: whatever it is, the next day's attempt must come
        log.exception("acts_not_forgotten")


def _last(connection: Connection) -> tuple[int, str]:
    """The number and the digest of the act before the next."""
    last = connection.execute(select(acts.c.id, acts.c.digest).order_by(acts.c.id.desc()).limit(1)).first()
    if last is None:
        last = connection.execute(select(forgotten.c.through, forgotten.c.digest)).first()
    return (0, FIRST) if last is None else (int(last[0]), str(last[1]))


def _short(text: str) -> str:
    """On one line."""
    return " ".join(printable(text).split())[:MOST_CHARS]


def _days_ago(days: int) -> str:
    return timestamp(utc_now() - timedelta(days=days))
