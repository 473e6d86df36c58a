"""The folder of a place on a server: copies of originals, what it had before it was moved, and what fails there."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from index_samples import found, open_store, put, source
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from core.errors import NotReady, SettingsError
from index import forgetting
from index import store as stores
from index.forgetting import Forgetting
from index.place import COPIES, Place
from index.postgres import pool, purge
from index.postgres.problems import problem
from index.postgres.statements import each_statement
from tests.engines.postgres_server import postgres_server, postgres_url  # noqa: F401

HARBOUR = source("file:///1", "the harbour opened", "the quay was built")
CRANE = source("file:///2", "the crane lifts")


@pytest.fixture
def place(postgres_url, tmp_path):  # noqa: F811
    return Place(tmp_path / "data", postgres_url)


@pytest.fixture
def store(place, words):
    with open_store(place, words) as opened:
        yield opened


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


def age(*paths, seconds):
    for path in paths:
        os.utime(path, (time.time() - seconds,) * 2)


def test_the_originals_and_indexes_that_a_folder_had_before_it_was_moved_are_left_alone(place, words):
    with open_store(place.folder, words) as embedded:
        put(embedded, "c", HARBOUR, CRANE)
        embedded.refresh("c", save=True)
    digest = HARBOUR.document.metadata["sha256"]
    own = {path: path.read_bytes() for name in ("originals", "index") for path in (place.folder / name).rglob("*")
           if path.is_file()}  # fmt: skip
    assert len(own) > 4
    age(*own, seconds=100_000)
    with open_store(place, words) as server:
        put(server, "d", HARBOUR)
        server.originals.put(digest_of(b"other"), b"other")
        server.originals.path(digest)
        server.originals.path(digest_of(b"other"))  # sweeps copies
        server.tidy()
        server.remove("d", [HARBOUR.document.id])
        server.tidy()
    assert {path: path.read_bytes() for path in own} == own
    with open_store(place.folder, words) as embedded:
        assert embedded.originals.path(digest).read_bytes() == HARBOUR.original
        assert found(embedded, "crane")[0] == "the crane lifts"


def test_copies_are_in_a_folder_of_their_own_and_tidied_there(store, place):
    for data in (b"old", b"new"):
        store.originals.put(digest_of(data), data)
    put(store, "c", HARBOUR)
    copy = store.originals.path(HARBOUR.document.metadata["sha256"])
    assert copy.is_relative_to(place.folder / COPIES)
    half, writing = copy.with_suffix(".1-a.tmp"), copy.with_suffix(".2-a.tmp")
    for path in (half, writing):
        path.write_bytes(b"half")
    age(half, seconds=100_000)
    age(writing, copy, seconds=5_000)
    store.tidy()
    assert [path for path in (half, writing, copy) if path.exists()] == [writing]


def test_copies_of_another_user_are_in_nobodys_way(store, monkeypatch):
    put(store, "c", HARBOUR, CRANE)
    first, second = (one.document.metadata["sha256"] for one in (HARBOUR, CRANE))
    foreign = store.originals.path(first)
    age(foreign, seconds=10_000)
    unlink = Path.unlink

    def refuse(self, *given, **named):
        if self == foreign:
            raise PermissionError(13, "Permission denied")
        unlink(self, *given, **named)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert store.originals.path(second).read_bytes() == CRANE.original
    assert store.remove("c", [HARBOUR.document.id]) == 1
    store.tidy()


def test_where_the_search_engine_cannot_be_opened_the_catalogs_connections_are_given_back(place, monkeypatch, words):
    def refuse(*_):
        raise SettingsError("The index is of no kind that is known.", "")

    monkeypatch.setattr(stores, "open_engine", refuse)
    before = set(pool._process.shared)
    with pytest.raises(SettingsError):
        open_store(place, words)
    assert set(pool._process.shared) == before


def test_a_table_that_somebody_holds_is_not_waited_for_without_end(store, monkeypatch):
    put(store, "c", HARBOUR)
    monkeypatch.setattr(purge, "_LOCK_TIMEOUT_MS", 100)
    with each_statement(store.catalog.engine) as other:
        other.exec_driver_sql("BEGIN; LOCK TABLE passages IN ACCESS SHARE MODE")
        with pytest.raises(NotReady):
            store.purge()
        other.exec_driver_sql("COMMIT")
    store.purge()
    assert found(store, "harbour")[0] == "the harbour opened"


def test_a_deletion_is_done_though_the_tables_cannot_be_written_anew_now(store, monkeypatch):
    tried = []

    def refuse(catalog):
        tried.append(catalog)
        raise NotReady("The database is locked by another process.", "Try again.")

    monkeypatch.setattr(forgetting, "purge", refuse)
    forgets = Forgetting(store.catalog, store.originals, empties_log=True, vacuums=True)
    forgets.discard_originals(["a" * 64])
    forgets.clean_up()
    forgets.clean_up()
    assert len(tried) == 2


@pytest.mark.parametrize(
    "told",
    [
        'FATAL: too many connections for role "footnoted"',
        'FATAL: too many connections for database "footnoted"',
        "FATAL: sorry, too many clients already",
        "FATAL: canceling authentication due to timeout",
        "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "connection timeout expired",
    ],
)
def test_a_connection_that_is_refused_for_now_is_no_fault_of_the_settings(told):
    error = OperationalError("", {}, RuntimeError(f"connection to server at 127.0.0.1 failed: {told}"))
    assert isinstance(problem(make_url("postgresql://me@127.0.0.1/x"), error), NotReady)


@pytest.mark.parametrize(
    "told",
    [
        'FATAL: password authentication failed for user "me"',
        'FATAL: role "me" does not exist',
        'FATAL: database "x" does not exist',
    ],
)
def test_a_connection_that_is_refused_for_good_is_a_fault_of_the_settings(told):
    error = OperationalError("", {}, RuntimeError(f"connection to server at 127.0.0.1 failed: {told}"))
    assert isinstance(problem(make_url("postgresql://me@127.0.0.1/x"), error), SettingsError)
