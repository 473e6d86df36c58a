"""Format 1, as version 0.1.0 wrote it. Some of its databases lack tables and indexes that came during its time."""

from alembic import op

revision = "0001"
down_revision = None
changes_data = False

_TABLES_AND_INDEXES = (
    """CREATE TABLE IF NOT EXISTS collections (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        name VARCHAR NOT NULL,
        generation INTEGER NOT NULL,
        encoder VARCHAR NOT NULL,
        dimension INTEGER NOT NULL,
        split_target INTEGER NOT NULL,
        split_maximum INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        UNIQUE (name)
    )""",
    """CREATE TABLE IF NOT EXISTS documents (
        "key" INTEGER NOT NULL,
        collection_id INTEGER NOT NULL,
        id VARCHAR NOT NULL,
        uri VARCHAR NOT NULL,
        title VARCHAR NOT NULL,
        media_type VARCHAR NOT NULL,
        language VARCHAR,
        sha256 VARCHAR NOT NULL,
        characters INTEGER NOT NULL,
        passages INTEGER NOT NULL,
        pages INTEGER,
        metadata JSON NOT NULL,
        blocks JSON NOT NULL,
        text TEXT NOT NULL,
        ingested_at VARCHAR NOT NULL,
        PRIMARY KEY ("key"),
        UNIQUE (collection_id, uri),
        UNIQUE (collection_id, id),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX IF NOT EXISTS ix_documents_sha256 ON documents (sha256)""",
    """CREATE TABLE IF NOT EXISTS replaced_documents (
        collection_id INTEGER NOT NULL,
        document_id VARCHAR NOT NULL,
        uri VARCHAR NOT NULL,
        PRIMARY KEY (collection_id, document_id),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX IF NOT EXISTS ix_replaced_documents_uri ON replaced_documents (collection_id, uri)""",
    """CREATE TABLE IF NOT EXISTS failed_sources (
        collection_id INTEGER NOT NULL,
        uri VARCHAR NOT NULL,
        sha256 VARCHAR NOT NULL,
        reader VARCHAR NOT NULL,
        code VARCHAR NOT NULL,
        message TEXT NOT NULL,
        hint TEXT NOT NULL,
        failed_at VARCHAR NOT NULL,
        PRIMARY KEY (collection_id, uri),
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE
    )""",
    """CREATE TABLE IF NOT EXISTS document_quality (
        document_key INTEGER NOT NULL,
        findings JSON NOT NULL,
        signature BLOB NOT NULL,
        PRIMARY KEY (document_key),
        FOREIGN KEY(document_key) REFERENCES documents ("key") ON DELETE CASCADE
    )""",
    """CREATE TABLE IF NOT EXISTS passages (
        "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        collection_id INTEGER NOT NULL,
        document_key INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        section JSON NOT NULL,
        first_page INTEGER,
        last_page INTEGER,
        text TEXT NOT NULL,
        input_hash BLOB NOT NULL,
        vector BLOB NOT NULL,
        FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE,
        FOREIGN KEY(document_key) REFERENCES documents ("key") ON DELETE CASCADE
    )""",
    """CREATE INDEX IF NOT EXISTS ix_passages_document_key ON passages (document_key)""",
    """CREATE INDEX IF NOT EXISTS ix_passages_collection ON passages (collection_id, "key")""",
    """CREATE INDEX IF NOT EXISTS ix_passages_input_hash ON passages (input_hash)""",
)


def upgrade() -> None:
    for statement in _TABLES_AND_INDEXES:
        op.execute(statement)
