"""The catalog's tables, and how the SQLite databases of a data folder are opened, read and written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Float,
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

FORMAT_VERSION = 3  # the last revision in index/migrations/versions
_BUSY_MS = 30_000

metadata = MetaData(info={"versions": Path(__file__).parent / "migrations" / "versions"})

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
    sqlite_autoincrement=True,  # ids are part of file names: never given twice
)

# Collections whose passages have sizes of their own, whatever the settings say: those in their row.
collection_sizes = Table(
    "collection_sizes",
    metadata,
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
)

# Hidden collections: being built beside the one that answers, or the one that answered before; see versions.py.
collection_versions = Table(
    "collection_versions",
    metadata,
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("of_id", ForeignKey("collections.id", ondelete="CASCADE"), nullable=False),
    Column("role", String, nullable=False),
    Column("generation", Integer, nullable=False),  # of the one that answers, when it took the other's place
    UniqueConstraint("of_id", "role"),
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
    # What filters ask for, apart from the rows, whose texts may fill thousands of pages each.
    Index("ix_documents_ingested_at", "collection_id", "ingested_at"),
    Index("ix_documents_language", "collection_id", "language"),
    Index("ix_documents_media_type", "collection_id", "media_type"),
)

# What people say of documents; see marks.py.
document_tags = Table(
    "document_tags",
    metadata,
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), primary_key=True),
    Column("tag", String, primary_key=True),
    Index("ix_document_tags_tag", "tag", "document_key"),
)
document_attributes = Table(
    "document_attributes",
    metadata,
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("text", String, nullable=False),
    Column("number", Float),  # what the text reads as, if it does
    Index("ix_document_attributes_text", "name", "text", "document_key"),
    Index("ix_document_attributes_number", "name", "number", "document_key"),
)
document_labels = Table(  # of those who may find the document; without any, everybody may
    "document_labels",
    metadata,
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), primary_key=True),
    Column("label", String, primary_key=True),
    Index("ix_document_labels_label", "label", "document_key"),
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
    Column("language", String),  # where it is another than the document's
    Index("ix_passages_collection", "collection_id", "key"),
    Index("ix_passages_input_hash", "input_hash"),
    Index("ix_passages_language", "collection_id", "language", sqlite_where=text("language IS NOT NULL")),
    sqlite_autoincrement=True,  # FAISS knows passages by key: a key never names another passage later
)

# Documents that are gone, with hashes of stretches of their texts; see traces.py.
deleted_documents = Table(
    "deleted_documents",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("document_id", String, nullable=False, index=True),
    Column("deleted_at", String, nullable=False),
    Column("traces", LargeBinary, nullable=False),
    sqlite_autoincrement=True,  # the oldest rows go, by key
)


# So that derived indexes find out what is gone since their generation; see changes.py.
removed_passages = Table(
    "removed_passages",
    metadata,
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("key", Integer, primary_key=True),
    sqlite_with_rowid=False,
)


def open_database(
    path: Path, tables: MetaData = metadata, format_version: int = FORMAT_VERSION, pragmas: Sequence[str] = ()
) -> Engine:
    """Create or open the catalog, or another database of the data folder with ``tables`` and ``pragmas`` of its own.

    One of an earlier format is upgraded by the revisions in ``tables.info["versions"]``, if there are such.
    Raises IndexBroken when it is damaged or of a newer version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _connect(path, pragmas)
    with write(engine) as connection:
        present = connection.execute(text("PRAGMA user_version")).scalar_one()
        if present > format_version:
            raise IndexBroken(
                f"{path} was written by a newer Footnoted (format {present}; this one knows {format_version}).",
                "Update Footnoted, or use another data folder.",
            )
        upgrading = 0 < present < format_version and "versions" in tables.info
        if not upgrading:
            tables.create_all(connection)
            for index in (index for table in tables.tables.values() for index in table.indexes):
                index.create(connection, checkfirst=True)  # one that an older version did not make
            connection.execute(text(f"PRAGMA user_version = {format_version}"))
    if upgrading:
        engine.dispose()
        _upgrade(path, tables.info["versions"], format_version)
    event.listen(engine, "begin", partial(_check_format, path, format_version))
    return engine


def _connect(path: Path, pragmas: Sequence[str]) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=32)
    event.listen(engine, "connect", lambda connection, _: _configure(connection, pragmas))
    event.listen(engine, "begin", _begin)
    return engine


def _upgrade(path: Path, versions: Path, format_version: int) -> None:
    from index.migrations.upgrade import upgrade  # imports Alembic, which the start of every command would wait for

    engine = _connect(path, ["foreign_keys = OFF"])
    try:
        with write(engine) as connection:
            upgrade(connection, path, versions, format_version)
    finally:
        engine.dispose()


def _check_format(path: Path, format_version: int, connection: Connection) -> None:
    """A server goes on running while a newer version upgrades its database. Raises IndexBroken."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() > format_version:
        raise IndexBroken(f"{path} was upgraded by a newer Footnoted while this one was running.", "Start it again.")


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
