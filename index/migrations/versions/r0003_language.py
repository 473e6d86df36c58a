"""Format 3: a passage may be in another language than its document. Those that are there are in their document's."""

from alembic import op

revision = "0003"
down_revision = "0002"
changes_data = False


def upgrade() -> None:
    op.execute("ALTER TABLE passages ADD COLUMN language VARCHAR")
    op.execute("CREATE INDEX ix_passages_language ON passages (collection_id, language) WHERE language IS NOT NULL")
