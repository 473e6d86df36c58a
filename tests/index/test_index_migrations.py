"""A catalog of an earlier format: it opens, holds what it held, and is left as it was where the upgrade fails."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from index_samples import found, open_store, put, source
from sqlalchemy import Column, Integer, MetaData, String, Table

from core.errors import IndexBroken
from index import schema
from index.analyse import ANALYSIS
from index.migrations.upgrade import copy_of
from index.verify.check import Level
from index.verify.run import verify
from tests.faults.full_disk import largest_file

FORMATS = sorted((Path(__file__).parent / "formats").glob("*.zip"))
"""Data folders as released versions left them."""


def shape(path: Path) -> dict[str, object]:
    """The tables of a database with their columns, keys and indexes; Alembic's own apart."""
    told: dict[str, object] = {}
    with closing(sqlite3.connect(path)) as database:
        tables = "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'"
        for name, counts in database.execute(tables).fetchall():
            if name.startswith(("sqlite_", "alembic_")):
                continue
            columns = {row[1:] for row in database.execute(f"PRAGMA table_info({name})").fetchall()}
            pointing = {row[2:] for row in database.execute(f"PRAGMA foreign_key_list({name})").fetchall()}
            indexes = {
                (row[2], tuple(part[2] for part in database.execute(f"PRAGMA index_info({row[1]})")))
                for row in database.execute(f"PRAGMA index_list({name})").fetchall()
            }
            told[name] = (columns, pointing, indexes, counts)
    return told


def format_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


@pytest.fixture(params=FORMATS, ids=lambda path: f"format {path.stem}")
def former(request, folder):
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(folder)
    assert format_of(folder / "catalog.db") == int(request.param.stem)
    return folder


def test_a_folder_of_an_earlier_format_answers_as_it_did(former):
    with open_store(former) as store:
        assert found(store, "When do ferries leave from pier 3?", "first")[0] == "Ferries from pier 3 leave at noon."
        assert found(store, "Wann fährt die Fähre?", "second") == ["Die Fähre 猫 fährt um zwölf Uhr ab."]
        assert [(c.name, c.documents, c.passages) for c in store.catalog.collections()] == [
            ("first", 5, 9),
            ("second", 1, 1),
        ]
        assert [*store.catalog.failures(store.catalog.collection("first"))] == ["file:///bad.pdf"]
        assert [c for c in verify(former, store.catalog, store.encoder, 100, 1) if c.level is not Level.OK] == []
        put(store, "first", source("file:///new.txt", "A new lighthouse."))
        assert found(store, "lighthouse", "first")[0] == "A new lighthouse."


def test_the_words_of_an_earlier_version_are_indexed_anew_and_are_no_fault_before(former):
    with open_store(former) as store:
        assert [c for c in verify(former, store.catalog, None, 0, 1) if c.level is not Level.OK] == []
        store.refresh("second")
        words = store.words(store.catalog.collection("second"))
        assert words.state.analysis == ANALYSIS
        assert words.document_frequencies(["fahrt"]) == {"fahrt": 1}


def test_an_upgraded_database_has_the_shape_of_a_new_one(former, tmp_path):
    open_store(former).close()
    open_store(tmp_path / "new").close()
    assert shape(former / "catalog.db") == shape(tmp_path / "new" / "catalog.db")
    assert format_of(former / "catalog.db") == schema.FORMAT_VERSION


def test_keys_are_not_given_again_after_an_upgrade(former):
    def last():
        with closing(sqlite3.connect(former / "catalog.db")) as database:
            return dict(database.execute("SELECT name, seq FROM sqlite_sequence").fetchall())

    before = last()
    open_store(former).close()
    assert {name: last()[name] for name in before} == before


FRUITS = Table("fruits", MetaData(), Column("key", Integer, primary_key=True), Column("name", String))
REVISION = """
from alembic import op
revision, down_revision, changes_data = "{revision:04}", {down!r}, {changes_data}
def upgrade():
    {does}
"""


@pytest.fixture
def fruits(tmp_path):
    """Opens a small database by revisions of the test's own."""
    path, versions = tmp_path / "100% fruits" / "fruits.db", tmp_path / "100% versions"
    versions.mkdir()

    def open_fruits(*steps: str, changes_data: bool = True):
        for i, does in enumerate(steps, start=1):
            text = REVISION.format(
                revision=i, down=f"{i - 1:04}" if i > 1 else None, changes_data=changes_data, does=does
            )
            (versions / f"r{i:04}.py").write_text(text)
        tables = MetaData(info={"versions": versions})
        FRUITS.to_metadata(tables)
        engine = schema.open_database(path, tables, format_version=max(1, len(steps)))
        with schema.read(engine) as connection:
            rows = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM fruits ORDER BY key")]
        return engine, rows

    engine, _ = open_fruits("pass")
    with schema.write(engine) as connection:
        connection.exec_driver_sql("INSERT INTO fruits VALUES (1, 'apple'), (2, 'pear')")
    engine.dispose()
    open_fruits.path = path
    return open_fruits


UPPER = "op.execute('UPDATE fruits SET name = upper(name)')"


def test_a_copy_is_kept_before_data_is_changed(fruits):
    _, rows = fruits("pass", UPPER)
    assert rows == [(1, "APPLE"), (2, "PEAR")]
    with closing(sqlite3.connect(copy_of(fruits.path, 1))) as copy:
        assert copy.execute("SELECT name FROM fruits ORDER BY key").fetchall() == [("apple",), ("pear",)]
    assert format_of(copy_of(fruits.path, 1)) == 1


def test_no_copy_is_kept_where_no_data_is_changed(fruits):
    fruits("pass", "op.execute('CREATE TABLE more (key INTEGER)')", changes_data=False)
    assert not copy_of(fruits.path, 1).exists()


def test_revisions_run_once_each_and_in_order(fruits):
    longer = """op.execute("UPDATE fruits SET name = name || '!'")"""
    assert fruits("pass", longer)[1] == [(1, "apple!"), (2, "pear!")]
    assert fruits("pass", longer)[1] == [(1, "apple!"), (2, "pear!")]
    assert fruits("pass", longer, UPPER, longer)[1] == [(1, "APPLE!!"), (2, "PEAR!!")]
    assert format_of(fruits.path) == 4


def test_a_revision_that_fails_leaves_all_as_it_was(fruits):
    with pytest.raises(IndexBroken):
        fruits("pass", UPPER, "op.execute('SELECT * FROM no_such_table')")
    assert format_of(fruits.path) == 1
    _, rows = fruits("pass")
    assert rows == [(1, "apple"), (2, "pear")]


def test_a_revision_that_leaves_rows_that_lead_nowhere_is_undone(fruits):
    orphan = (
        "op.execute('CREATE TABLE cakes (fruit INTEGER REFERENCES fruits(key))'); "
        "op.execute('INSERT INTO cakes VALUES (99)')"
    )
    with pytest.raises(IndexBroken, match="lead nowhere"):
        fruits("pass", orphan)
    assert format_of(fruits.path) == 1


def test_a_table_that_is_made_anew_keeps_the_rows_that_point_to_it(fruits):
    cakes = (
        "op.execute('CREATE TABLE cakes (fruit INTEGER REFERENCES fruits(key) ON DELETE CASCADE)'); "
        "op.execute('INSERT INTO cakes VALUES (1)')"
    )
    anew = """
    import sqlalchemy
    with op.batch_alter_table("fruits", recreate="always") as batch:
        batch.add_column(sqlalchemy.Column("colour", sqlalchemy.String))"""
    engine, rows = fruits("pass", cakes, anew)
    assert rows == [(1, "apple", None), (2, "pear", None)]
    with schema.read(engine) as connection:
        assert connection.exec_driver_sql("SELECT fruit FROM cakes").all() == [(1,)]


def test_without_room_for_the_copy_nothing_is_changed(fruits):
    engine, _ = fruits("pass")
    with schema.write(engine) as connection:
        connection.exec_driver_sql("INSERT INTO fruits VALUES (3, hex(zeroblob(50000)))")
    engine.dispose()
    with pytest.raises(IndexBroken, match="No copy"), largest_file(60_000):
        fruits("pass", UPPER)
    assert format_of(fruits.path) == 1
    assert [path.name for path in fruits.path.parent.iterdir()] == ["fruits.db"]
    assert fruits("pass")[1][:2] == [(1, "apple"), (2, "pear")]


def test_a_process_that_was_running_meanwhile_says_that_it_has_to_be_started_again(fruits):
    running, _ = fruits("pass")
    fruits("pass", UPPER)
    with pytest.raises(IndexBroken, match="upgraded by a newer Footnoted") as caught, schema.write(running):
        pass
    assert "Start it again" in caught.value.hint
