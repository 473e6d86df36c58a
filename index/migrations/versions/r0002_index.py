"""Format 2: what filters, versions of collections and proofs need; the keyword indexes move out of the catalog."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"
changes_data = False  # of the keyword indexes, the catalog has all that they are made from

_TABLES_AND_INDEXES = (
    """CREATE TABLE deleted_documents (
        "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        document_id VARCHAR NOT NULL,
        deleted_at VARCHAR NOT NULL,
        traces BLOB NOT NULL
    )""",
    """CREATE INDEX ix_deleted_documents_document_id ON deleted_documents (document_id)""",
    """CREATE TABLE collection_sizes (
        collection_id INTEGER NOT NULL,
        PRIMARY KEY (collection_id),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE
    )""",
    """CREATE TABLE collection_versions (
        collection_id INTEGER NOT NULL,
        of_id INTEGER NOT NULL,
        role VARCHAR NOT NULL,
        generation INTEGER NOT NULL,
        PRIMARY KEY (collection_id),
        UNIQUE (of_id, role),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE,
        FOREIGN KEY(of_id) REFERENCES collections (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX ix_documents_ingested_at ON documents (collection_id, ingested_at)""",
    """CREATE INDEX ix_documents_language ON documents (collection_id, language)""",
    """CREATE INDEX ix_documents_media_type ON documents (collection_id, media_type)""",
    """CREATE TABLE removed_passages (
        collection_id INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        "key" INTEGER NOT NULL,
        PRIMARY KEY (collection_id, generation, "key"),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE
    )
    WITHOUT ROWID""",
    """CREATE TABLE document_attributes (
        document_key INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        number FLOAT,
        PRIMARY KEY (document_key, name),
        FOREIGN KEY(document_key) REFERENCES documents ("key") ON DELETE CASCADE
    )""",
    """CREATE INDEX ix_document_attributes_number ON document_attributes (name, number, document_key)""",
    """CREATE INDEX ix_document_attributes_text ON document_attributes (name, text, document_key)""",
    """CREATE TABLE document_labels (
        document_key INTEGER NOT NULL,
        label VARCHAR NOT NULL,
        PRIMARY KEY (document_key, label),
        FOREIGN KEY(document_key) REFERENCES documents ("key") ON DELETE CASCADE
    )""",
    """CREATE INDEX ix_document_labels_label ON document_labels (label, document_key)""",
    """CREATE TABLE document_tags (
        document_key INTEGER NOT NULL,
        tag VARCHAR NOT NULL,
        PRIMARY KEY (document_key, tag),
        FOREIGN KEY(document_key) REFERENCES documents ("key") ON DELETE CASCADE
    )""",
    """CREATE INDEX ix_document_tags_tag ON document_tags (tag, document_key)""",
)


def upgrade() -> None:
    for statement in _TABLES_AND_INDEXES:
        op.execute(statement)
    connection = op.get_bind()
    query = text("SELECT name FROM sqlite_master WHERE name GLOB 'terms_*' AND sql GLOB 'CREATE VIRTUAL TABLE*'")
    names = list(connection.execute(query).scalars())
    for name in sorted(names, key=len, reverse=True):  # a vocabulary before its table
        op.execute(f"DROP TABLE {name}")
