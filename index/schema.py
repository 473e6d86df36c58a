"""The catalog's tables, and how the databases of a place are opened, read and written."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import (
    JSON,
    Column,
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
    text,
)

from index.any_case import AnyCase, folded
from index.columns import Halves, Key, beginning_of, dimension_of
from index.place import DatabasePlace
from index.postgres.opening import open_schema
from index.postgres.tables import ONLY_ON_SQLITE, create_missing, make_tables
from index.sqlite_file import open_file
from index.transactions import insert, on_server, read, write

__all__ = [
    "AnyCase",
    "Halves",
    "Key",
    "create_missing",
    "dimension_of",
    "folded",
    "insert",
    "make_tables",
    "on_server",
    "open_database",
    "read",
    "write",
]

FORMAT_VERSION = 3  # the last revision in index/migrations/versions

metadata = MetaData(info={"versions": Path(__file__).parent / "migrations" / "versions"})

collections = Table(
    "collections",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("generation", Key, nullable=False, default=0),
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
    Column("generation", Key, nullable=False),  # of the one that answers, when it took the other's place
    UniqueConstraint("of_id", "role"),
)

documents = Table(
    "documents",
    metadata,
    Column("key", Key, primary_key=True),
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
    Index("ix_documents_counts", "collection_id", "passages").ddl_if("postgresql"),  # for lists of collections
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
    Index("ix_document_attributes_text", "name", "text", "document_key", info={ONLY_ON_SQLITE: True}).ddl_if("sqlite"),
    Index("ix_document_attributes_number", "name", "number", "document_key"),
)
Index(
    "ix_document_attributes_beginning",
    document_attributes.c.name,
    beginning_of(document_attributes.c.text),
    document_attributes.c.document_key,
).ddl_if(dialect="postgresql")
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
    Column("key", Key, primary_key=True),
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), nullable=False),
    Column("document_key", ForeignKey("documents.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("text", Text, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),  # of what the encoder was given
    Column("vector", Halves, nullable=False),  # float16, little-endian
    Column("language", String),  # where it is another than the document's
    Index("ix_passages_collection", "collection_id", "key"),
    Index("ix_passages_input_hash", "input_hash"),
    Index(
        "ix_passages_language",
        "collection_id",
        "language",
        sqlite_where=text("language IS NOT NULL"),
        postgresql_where=text("language IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # FAISS knows passages by key: a key never names another passage later
)

# Documents that are gone, with hashes of stretches of their texts; see traces.py.
deleted_documents = Table(
    "deleted_documents",
    metadata,
    Column("key", Key, primary_key=True),
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
    Column("generation", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    sqlite_with_rowid=False,
)


def open_database(
    place: Path | DatabasePlace,
    tables: MetaData = metadata,
    format_version: int = FORMAT_VERSION,
    pragmas: Sequence[str] = (),
) -> Engine:
    """Create or open the catalog, or another database of a place with ``tables`` and ``pragmas`` of its own.

    One of an earlier format is upgraded by the revisions in ``tables.info["versions"]``, if there are such. A server
    has no pragmas; of them, it goes by ``busy_timeout``. Raises IndexBroken when it is damaged or of a newer version;
    of a server NotReady (it cannot be reached), SettingsError (a wrong password, no pgvector).
    """
    found = DatabasePlace.of(place)
    if found.url is None:
        return open_file(found.path, tables, format_version, pragmas)
    return open_schema(found, tables, format_version, pragmas)
