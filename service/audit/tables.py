"""The audit log's tables. Triggers keep every writer to appending; rows go only by age, and from the beginning."""

import hashlib
import json
from dataclasses import fields
from typing import Any

from sqlalchemy import DDL, Column, Integer, MetaData, RowMapping, String, Table, event

from core.errors import IndexBroken
from service.audit.records import Act, KeptAct, Outcome

FORMAT_VERSION = 1
FIRST = "0" * 64
"""The digest before the first act."""

metadata = MetaData()

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("target", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("network", String, nullable=False),
    Column("request_id", String, nullable=False),
    Column("digest", String, nullable=False),
    sqlite_autoincrement=True,  # an id is never given twice, also after the last row went
)

# One row: the last act that was removed, from whose digest the first that is left follows.
forgotten = Table(
    "forgotten",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("through", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("digest", String, nullable=False),
)

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS acts_stay BEFORE UPDATE ON acts "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS acts_go_by_age BEFORE DELETE ON acts "
    "WHEN OLD.id > coalesce((SELECT through FROM forgotten), 0) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    # Else INSERT OR REPLACE would take a row away, for which SQLite asks no trigger of deletions.
    "CREATE TRIGGER IF NOT EXISTS acts_are_not_replaced BEFORE INSERT ON acts "
    "WHEN EXISTS (SELECT 1 FROM acts WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)
_POSTGRESQL = (  # DDL takes %% for %
    "CREATE FUNCTION acts_are_kept() RETURNS trigger LANGUAGE plpgsql AS $keep$ "
    "DECLARE gone bigint; "
    "BEGIN "
    "  IF TG_OP = 'DELETE' THEN "
    "    EXECUTE format('SELECT through FROM %%I.forgotten', TG_TABLE_SCHEMA) INTO gone; "
    "    IF OLD.id <= coalesce(gone, 0) THEN RETURN OLD; END IF; "
    "  END IF; "
    "  RAISE EXCEPTION 'the audit log is append-only'; "
    "END $keep$",
    "CREATE TRIGGER acts_stay BEFORE UPDATE OR DELETE ON acts FOR EACH ROW EXECUTE FUNCTION acts_are_kept()",
    "CREATE TRIGGER acts_are_not_emptied BEFORE TRUNCATE ON acts FOR EACH STATEMENT EXECUTE FUNCTION acts_are_kept()",
)

for _statement in _SQLITE:
    event.listen(metadata, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
for _statement in _POSTGRESQL:  # once, with the table
    event.listen(acts, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]


def digest_of(before: str, at: str, act: Act) -> str:
    """SHA-256 over the former digest and every field, as JSON: no two acts are written the same way."""
    values = [before, at, *(str(getattr(act, field.name)) for field in fields(Act))]
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()


def act_row(at: str, act: Act, digest: str) -> dict[str, Any]:
    """An act as its table holds it."""
    row = {field.name: getattr(act, field.name) for field in fields(Act)}
    return {**row, "outcome": act.outcome.value, "at": at, "digest": digest}


def to_act(row: RowMapping) -> KeptAct:
    """The record of a row. Raises IndexBroken for one that no version has written."""
    values = {field.name: row[field.name] for field in fields(Act)}
    try:
        outcome = Outcome(row["outcome"])
    except ValueError as error:
        raise IndexBroken(f"Act {row['id']} was changed by a foreign hand.", "See `footnoted audit verify`.") from error
    return KeptAct(row["id"], row["at"], Act(**{**values, "outcome": outcome}), row["digest"])
