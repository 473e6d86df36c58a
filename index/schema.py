"""The catalog's tables, and how the SQLite databases of a data folder are opened, read and written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError

from core.errors import IndexBroken, NotReady

FORMAT_VERSION = 1
_BUSY_MS = 30_000

metadata = MetaData()

collections = Table(
    "collections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("generation", Integer, nullable=False, default=0),
    Column("encoder", String, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("split_target", Integer, nullable=False),
    Column("split_maximum", Integer, nullable=False),
    Column("created_at", String, nullable=False),
    sqlite_autoincrement=True,  # ids are part of file and table names: never given twice
)

documents = Table(
    "documents",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), nullable=False),
    Column("id", String, nullable=False),
    Column("uri", String, nullable=False),
    Column("title", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("language", String),
    Column("sha256", String, nullable=False, index=True),
    Column("characters", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("pages", Integer),
    Column("metadata", JSON, nullable=False),
    Column("blocks", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("ingested_at", String, nullable=False),
    UniqueConstraint("collection_id", "uri"),
    UniqueConstraint("collection_id", "id"),
)

# Ids of versions that are no longer there, so that links to them lead on to the one at their uri. No text is kept.
replaced_documents = Table(
    "replaced_documents",
    metadata,
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", String, primary_key=True),
    Column("uri", String, nullable=False),
    Index("ix_replaced_documents_uri", "collection_id", "uri"),
)

# What is told of a document before the first question, and the signature that near-identical documents share.
document_quality = Table(
    "document_quality",
    metadata,
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), primary_key=True),
    Column("findings", JSON, nullable=False),  # [code, message, [pages]] each
    Column("signature", LargeBinary, nullable=False),
)

# Sources that could not be read, so that they are not tried again before they change.
failed_sources = Table(
    "failed_sources",
    metadata,
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("uri", String, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("reader", String, nullable=False),  # what read it: another version may succeed
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("failed_at", String, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), nullable=False),
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("text", Text, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),  # of what the encoder was given
    Column("vector", LargeBinary, nullable=False),  # float16, little-endian
    Index("ix_passages_collection", "collection_id", "key"),
    Index("ix_passages_input_hash", "input_hash"),
    sqlite_autoincrement=True,  # FAISS knows passages by key: a key never names another passage later
)


def open_database(
    path: Path, tables: MetaData = metadata, format_version: int = FORMAT_VERSION, pragmas: Sequence[str] = ()
) -> Engine:
    """Create or open the catalog, or another database of the data folder with ``tables`` and ``pragmas`` of its own.

    Raises IndexBroken when it is damaged or of a newer version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=32)
    event.listen(engine, "connect", lambda connection, _: _configure(connection, pragmas))
    event.listen(engine, "begin", _begin)
    with write(engine) as connection:
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
        if version > format_version:
            raise IndexBroken(
                f"{path} was written by a newer Footnoted (format {version}; this one knows {format_version}).",
                "Update Footnoted, or use another data folder.",
            )
        tables.create_all(connection)
        for index in (index for table in tables.tables.values() for index in table.indexes):
            index.create(connection, checkfirst=True)  # one that an older version did not make
        connection.execute(text(f"PRAGMA user_version = {format_version}"))
    return engine


def _broken(engine: Engine, error: DatabaseError) -> IndexBroken | NotReady:
    path, reason = engine.url.database, str(error.orig)
    if isinstance(error, OperationalError) and "locked" in reason:
        return NotReady(f"{path} is locked by another process.", "Try again.")
    return IndexBroken(
        f"{path} cannot be read or written: {reason}.",
        "Check the folder's permissions and free space; if the file is damaged, restore a copy of the data folder.",
    )


def _configure(connection: Any, more: Sequence[str]) -> None:
    connection.isolation_level = None  # transactions are ours to begin, see _begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",  # readers go on while one process writes
        "synchronous = FULL",  # a commit survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_MS}",
        "temp_store = MEMORY",
        *more,
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A write that begins as a read can fail when it turns into a write; IMMEDIATE waits its turn instead.
    mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else ""
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the database. Raises IndexBroken (also a full disk), NotReady (locked)."""
    with _told(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it is kept, or none. Raises IndexBroken (also a full disk), NotReady (locked)."""
    with _told(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """What the disk or the file is to blame for, in words; a broken constraint or statement is ours."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DatabaseError as error:
        raise _broken(engine, error) from error
