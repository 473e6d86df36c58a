"""The audit log in a database: who writes to it by other means is refused, and seen who gets round that."""

import psycopg
import pytest

from index.place import Place
from service.audit.log import AuditLog
from service.audit.records import Act, Outcome

KEEP_DAYS = 365


@pytest.fixture
def audit(postgres_url, tmp_path):
    opened = AuditLog(Place(tmp_path, postgres_url))
    for target in ("one", "two", "three"):
        opened.append(Act("operator:ada", "documents.delete", target, Outcome.DONE))
    yield opened
    opened.close()


def changed(url, *statements):
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE footnoted_audit.acts SET target = 'x' WHERE id = 2",
        "DELETE FROM footnoted_audit.acts WHERE id = 2",
        "DELETE FROM footnoted_audit.acts",
        "TRUNCATE footnoted_audit.acts",
        "INSERT INTO footnoted_audit.acts SELECT * FROM footnoted_audit.acts WHERE id = 2 "
        "ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
    ],
)
def test_the_database_refuses_changes(audit, postgres_url, statement):
    with pytest.raises(psycopg.Error, match="append-only"):
        changed(postgres_url, statement)
    found = audit.verify(KEEP_DAYS)
    assert (found.acts, found.broken) == (3, None)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE footnoted_audit.acts SET target = 'x' WHERE id = 2", 2),
        ("DELETE FROM footnoted_audit.acts WHERE id = 2", 3),
        ("DELETE FROM footnoted_audit.acts WHERE id = 1", 2),
    ],
)
def test_who_gets_round_the_triggers_is_seen(audit, postgres_url, statement, broken):
    changed(postgres_url, "ALTER TABLE footnoted_audit.acts DISABLE TRIGGER acts_stay", statement)
    assert audit.verify(KEEP_DAYS).broken == broken


def test_a_write_that_failed_leaves_no_gap(audit, postgres_url):
    """Numbers of a sequence would have one, and the log would look as if an act had been taken out."""
    changed(postgres_url, "ALTER TABLE footnoted_audit.acts ADD CHECK (target <> 'refused')")
    with pytest.raises(Exception, match="check constraint"):
        audit.append(Act("operator:ada", "documents.delete", "refused", Outcome.DONE))
    assert audit.append(Act("operator:ada", "documents.delete", "four", Outcome.DONE)).id == 4
    assert audit.verify(KEEP_DAYS).broken is None
