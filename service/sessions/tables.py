"""The tables of stored sessions."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, String, Table, Text

FORMAT_VERSION = 1

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("created_at", String, nullable=False),
    Column("used_at", String, nullable=False, index=True),
)

# Of who began it with a key or as an operator: it is theirs alone.
owners = Table(
    "session_owners",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", String, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("asked_at", String, nullable=False),
    Column("collection", String, nullable=False),
    Column("answer_id", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("understood_as", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("answer", Text, nullable=False),
    Column("citations", JSON, nullable=False),  # as on the wire
    Column("person", String, index=True),
    sqlite_autoincrement=True,
)

# Which request a turn was made for, by the key that its caller gave: a second try takes the turn's place.
turn_requests = Table(
    "turn_requests",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("turn", ForeignKey("turns.number", ondelete="CASCADE"), nullable=False, index=True),
)

# Documents whose passages a chat model had before it when it wrote the answer: its words may be from any of them.
in_view = Table(
    "in_view",
    metadata,
    Column("turn", ForeignKey("turns.number", ondelete="CASCADE"), primary_key=True),
    Column("document_id", String, primary_key=True),
    sqlite_with_rowid=False,
)
