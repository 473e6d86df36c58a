"""``footnoted doctor`` with a database: whether it is there, is new enough, has room, and keeps what it is told."""

import pytest

from service.doctor import database
from service.doctor.run import findings
from service.embedding.finding import Finding
from service.engine import Engine


def told(settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in database.database_findings(settings)}


@pytest.fixture
def settings(make_settings, postgres_url, tmp_path):
    return make_settings(tmp_path / "data", database={"url": postgres_url})


def test_a_database_that_works_is_told_with_what_it_is(settings):
    found = told(settings)
    assert found["database"].level == "ok"
    assert "PostgreSQL 18" in found["database"].message
    assert "pgvector 0." in found["database"].message
    for check in ("latency", "database clock", "connections", "collections", "backup"):
        assert found[check].level == "ok", found[check]
    # The tests' server does not wait for its disk: that is told.
    assert (found["durability"].level, "fsync = on" in found["durability"].hint) == ("failed", True)


def test_the_whole_doctor_looks_at_the_database_and_at_no_folder(settings):
    checks = [finding.check for finding in findings(settings)]
    assert "database" in checks
    assert "data folder" not in checks


def test_collections_are_counted_and_their_search_is_tried(settings, encoder, sample_document):
    with Engine.open(settings, encoder) as engine:
        engine.ingest([sample_document])
    assert told(settings)["collection"].message.startswith("default: 1 documents, ")
    assert told(settings)["collection"].message.endswith("search answers")


def test_a_collection_that_other_settings_made_is_told(make_settings, settings, postgres_url, tmp_path):
    with Engine.open(settings) as engine:
        engine.create_collection("default")
    other = make_settings(tmp_path / "data", database={"url": postgres_url}, ingest={"split_target": 60})
    found = told(other)["collection"]
    assert (found.level, found.hint != "") == ("failed", True)


@pytest.mark.parametrize(
    ("change", "mentions"),
    [
        (("test_", "no_such_"), "is not there"),
        (("pass%3Aword", "wrong"), "does not let this user in"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_finding(make_settings, postgres_url, tmp_path, change, mentions):
    url = postgres_url.replace(*change)
    found = told(make_settings(tmp_path, database={"url": url}))
    assert list(found) == ["database"]
    assert (found["database"].level, mentions in found["database"].message) == ("failed", True), found
    for secret in ("pass%3A", "pass:", "wrong"):
        assert secret not in found["database"].message


def test_a_server_that_is_away_is_one_finding(make_settings, tmp_path):
    found = told(make_settings(tmp_path, database={"url": "postgresql://ann@127.0.0.1:9/answers"}))
    assert found["database"].level == "failed"
    assert "cannot be reached" in found["database"].message


def test_clocks_that_are_apart_are_told():
    assert database._same_time(4.0).level == "ok"
    assert database._same_time(-4.0).level == "ok"
    for apart in (-61.0, 61.0):
        found = database._same_time(apart)
        assert (found.level, "61 s apart" in found.message) == ("warning", True)


def test_a_database_far_away_is_told():
    assert (database._near(0.3).level, database._near(20.0).level) == ("ok", "warning")


def test_too_few_connections_are_told(settings):
    need = int(database._room(settings, 10_000, 1).message.rpartition("opens ")[2].split()[0])
    assert need > database.MOST_CONNECTIONS
    assert database._room(settings, need, 1).level == "ok"
    assert database._room(settings, need - 1, 1).level == "warning"
    assert database._room(settings, 10_000, 9_995).level == "warning"


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (("on", "on", "on"), "ok"),
        (("off", "on", "on"), "failed"),
        (("on", "on", "off"), "failed"),
        (("on", "off", "on"), "warning"),
    ],
)
def test_a_server_that_does_not_keep_what_it_is_told_is_found(state, level):
    assert database._durable(*state).level == level
