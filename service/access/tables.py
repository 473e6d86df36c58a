"""``access.db``: API keys, operators, and their sessions."""

import os
from pathlib import Path

from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, String, Table

from index.place import Place
from index.schema import AnyCase
from service.database_file import DatabaseFile

FILE = "access.db"
FORMAT_VERSION = 1
_OWNER_ONLY = 0o600
_PRAGMAS = ("secure_delete = ON",)

metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", AnyCase, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("collections", JSON(none_as_null=True)),  # NULL: all
    Column("labels", JSON(none_as_null=True)),  # NULL: all
    Column("created_at", String, nullable=False),
    Column("expires_at", String),
    Column("revoked_at", String),
    Column("used_on", String),
)

# Two of a key at most: while it is rotated, the old one is good until its time.
secrets_of_keys = Table(
    "key_secrets",
    metadata,
    Column("digest", String, primary_key=True),
    Column("key_id", ForeignKey("keys.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("prefix", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("good_until", String),
)

operators = Table(
    "operators",
    metadata,
    Column("name", AnyCase, primary_key=True),
    Column("password", String, nullable=False),
    Column("totp_secret", String),
    Column("totp_used", Integer),  # the time step of the last code: none is good twice
    Column("created_at", String, nullable=False),
)

operator_sessions = Table(
    "operator_sessions",
    metadata,
    Column("digest", String, primary_key=True),
    Column("operator", AnyCase, nullable=False, index=True),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False, index=True),
)


class AccessFile(DatabaseFile):
    """The file, which only its owner may read; on a server, its schema."""

    def __init__(self, place: Path | Place) -> None:
        super().__init__(place, FILE, metadata, FORMAT_VERSION, _PRAGMAS)

    def for_writing(self) -> DatabaseFile:
        """Makes the file where there is none, closed to others from its first byte on. Raises IndexBroken."""
        if not self.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, _OWNER_ONLY))
        return self
