"""Originals in the catalog's database, in pieces. Who reads one gets a copy of it as a file."""

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
)

from core.errors import IndexBroken
from index.originals import not_kept, path_in, write_whole
from index.postgres.tables import make_tables
from index.schema import documents, read, write
from index.schema import insert as insert_into

_PIECE = 1024**2  # bytes: a row of more is slow to take out
_KEPT_S = 60 * 60.0  # a copy that nobody asked for since
_WRITTEN_S = 24 * 60 * 60.0  # half a copy: whoever wrote it was killed

metadata = MetaData()

originals = Table("originals", metadata, Column("digest", String, primary_key=True))
original_pieces = Table(
    "original_pieces",
    metadata,
    Column("digest", ForeignKey("originals.digest", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

_o, _p = originals.c, original_pieces.c


class StoredOriginals:
    """See index.originals.Originals. None of it takes the writers' lock, which who calls it may hold."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """``folder`` is for the copies alone, which go when nobody needs them. Raises IndexBroken, NotReady."""
        self._engine = engine
        self._folder = folder
        make_tables(engine, metadata)

    def put(self, digest: str, data: bytes, connection: Connection | None = None) -> None:
        with self._writing(connection) as writing:
            _insert(writing, digest, [data])

    def put_pieces(self, digest: str, pieces: Iterable[bytes]) -> None:
        with self._writing(None) as writing:
            _insert(writing, digest, pieces)

    def path(self, digest: str) -> Path:
        """A copy, made now if there is none; what was deleted on another machine is not shown either."""
        path = path_in(self._folder, digest)
        with read(self._engine) as connection:
            count = select(_o.digest, func.count(_p.number)).outerjoin_from(originals, original_pieces)
            found = connection.execute(count.where(_o.digest == digest).group_by(_o.digest)).first()
        if found is None:
            _forget(path)
            raise not_kept("database")
        try:
            with suppress(PermissionError):  # another user's copy
                os.utime(path)
        except FileNotFoundError:
            self._sweep()
            self._fetch(digest, found[1], path)
        return path

    def discard(self, digest: str, connection: Connection | None = None) -> None:
        with self._writing(connection) as writing:
            writing.execute(delete(originals).where(_o.digest == digest))
        _forget(path_in(self._folder, digest))

    def _writing(self, connection: Connection | None) -> AbstractContextManager[Connection]:
        return nullcontext(connection) if connection is not None else write(self._engine, alone=False)

    def tidy(self) -> int:
        self._sweep()
        unused = ~exists().where(documents.c.sha256 == _o.digest)
        with read(self._engine) as connection:  # mostly there is nothing, and no writer is to wait for that
            if connection.execute(select(_o.digest).where(unused).limit(1)).first() is None:
                return 0
        with write(self._engine) as connection:  # alone: nobody writes a document meanwhile
            return connection.execute(delete(originals).where(unused)).rowcount

    def _fetch(self, digest: str, count: int, path: Path) -> None:
        seen = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            for number in range(count):
                query = select(_p.data).where(_p.digest == digest, _p.number == number)
                with read(self._engine) as connection:
                    data = connection.execute(query).scalar_one_or_none()
                if data is None:
                    raise not_kept("database")
                seen.update(data)
                yield data

        def check() -> None:
            if seen.hexdigest() != digest:
                raise IndexBroken(
                    f"The original {digest} is damaged in the database: its checksum is another.",
                    "Restore a backup of the database, or ingest the document again.",
                )

        write_whole(path, pieces(), check)

    def _sweep(self) -> None:
        """Copies that nobody needs: of what is deleted by now, or was looked at once."""
        for copy in self._folder.glob("??/*"):
            with suppress(FileNotFoundError, PermissionError):
                kept_s = _WRITTEN_S if copy.suffix == ".tmp" else _KEPT_S
                if time.time() - copy.stat().st_mtime > kept_s:
                    copy.unlink()


def _insert(connection: Connection, digest: str, pieces: Iterable[bytes]) -> None:
    first = insert_into(connection, originals).values(digest=digest).on_conflict_do_nothing()
    if connection.execute(first.returning(_o.digest)).first() is None:
        deque(pieces, maxlen=0)  # whoever reads them elsewhere goes on behind them
        return
    for number, data in enumerate(_even(pieces)):
        connection.execute(insert(original_pieces).values(digest=digest, number=number, data=data))


def _forget(copy: Path) -> None:
    """Another user's copy is left to its owner, who sweeps it."""
    with suppress(FileNotFoundError, PermissionError):
        copy.unlink()


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size, the last one apart."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    if held:
        yield bytes(held)
