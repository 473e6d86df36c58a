"""Databases as schemas of a PostgreSQL server: made once, opened by many, told what is wrong with them in words."""

import sys
import threading
from contextlib import ExitStack, closing

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select, text
from sqlalchemy.exc import IntegrityError

from core.errors import IndexBroken, NotReady, SettingsError
from index import schema
from index.place import Place
from index.postgres import pool
from tests.engines.postgres_server import PASSWORD, USER, postgres_server, postgres_url  # noqa: F401

notes = MetaData()
note = Table(
    "notes",
    notes,
    Column("key", schema.Key, primary_key=True),
    Column("name", schema.AnyCase, unique=True),
    Column("text", String),
)


@pytest.fixture
def place(postgres_url, tmp_path):  # noqa: F811
    return Place(tmp_path, postgres_url)


@pytest.fixture
def opened(place):
    engine = schema.open_database(place.database("notes.db"), notes, 1)
    yield engine
    engine.dispose()


def add(engine, **values):
    with schema.write(engine) as connection:
        connection.execute(note.insert().values(**values))


def texts(engine):
    with schema.read(engine) as connection:
        return list(connection.execute(select(note.c.text).order_by(note.c.text)).scalars())


def test_what_was_written_is_there_when_it_is_opened_again(place, opened):
    add(opened, text="kept")
    again = schema.open_database(place.database("notes.db"), notes, 1)
    assert texts(again) == ["kept"]
    again.dispose()
    assert texts(opened) == ["kept"]


def test_databases_of_one_place_know_nothing_of_each_other(place, opened):
    add(opened, text="of the notes")
    other = schema.open_database(place.database("others.db"), notes, 1)
    add(other, text="of the others")
    for _ in range(12):  # on one connection, on which the statement is prepared after a few times
        assert (texts(opened), texts(other)) == (["of the notes"], ["of the others"])
    other.dispose()


def test_a_table_of_the_same_name_in_the_public_schema_is_left_alone(place, postgres_server):  # noqa: F811
    database = place.database_url.rpartition("/")[2]
    postgres_server.run("CREATE TABLE public.documents (theirs text)", database)
    engine = schema.open_database(place.database("catalog.db"))
    with schema.read(engine) as connection:
        assert connection.execute(select(func.count()).select_from(schema.documents)).scalar_one() == 0
    assert postgres_server.run("SELECT count(*) FROM public.documents", database) == [(0,)]
    engine.dispose()


def test_many_that_open_it_at_once_make_it_once(place):
    faults = []

    def open_it():
        try:
            engine = schema.open_database(place.database("catalog.db"))
            with schema.write(engine) as connection:
                connection.execute(schema.replaced_documents.delete())
            engine.dispose()
        except Exception as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_text_is_compared_by_its_bytes(opened):
    for one in ("b", "B", "é", "a", "Z", "_", "猫"):
        add(opened, text=one)
    assert texts(opened) == sorted(["b", "B", "é", "a", "Z", "_", "猫"], key=str.encode)
    with schema.read(opened) as connection:
        assert list(connection.execute(select(note.c.text).where(note.c.text > "b")).scalars()) == ["é", "猫"]


def test_text_is_compared_so_whatever_the_servers_language_is(place):
    """The order above would be another on a server set up for German, say, if the columns did not say it."""
    engine = schema.open_database(place.database("catalog.db"))
    of_text = text(
        "SELECT DISTINCT collation_name FROM information_schema.columns "
        "WHERE table_schema = 'footnoted_catalog' AND data_type IN ('character varying', 'text')"
    )
    with schema.read(engine) as connection:
        assert list(connection.execute(of_text).scalars()) == ["C"]
    engine.dispose()


def test_names_are_one_in_any_case_where_the_table_says_so(opened):
    add(opened, name="Größe")
    with schema.read(opened) as connection:

        def count(name):
            return connection.execute(select(func.count()).where(note.c.name == name)).scalar_one()

        assert [count(name) for name in ("größe", "GRößE", "Große", "Größe ")] == [1, 1, 0, 0]
        assert connection.execute(select(note.c.name).where(note.c.name.in_(["x", "GRößE"]))).scalars().all() == [
            "Größe"
        ]
    with pytest.raises(IntegrityError):
        add(opened, name="gRößE")


def test_a_character_that_postgresql_cannot_hold_is_shown_as_one(opened):
    add(opened, text="a\0b")
    assert texts(opened) == ["a\ufffdb"]


def test_keys_grow_beyond_what_32_bits_hold(opened):
    add(opened, key=2**40, text="far")
    with schema.read(opened) as connection:
        assert connection.execute(select(note.c.text).where(note.c.key > 2**39)).scalar_one() == "far"


def test_a_read_sees_one_state_and_cannot_write(opened):
    add(opened, text="before")
    with schema.read(opened) as connection:
        assert connection.execute(select(func.count()).select_from(note)).scalar_one() == 1
        add(opened, text="meanwhile")
        assert connection.execute(select(func.count()).select_from(note)).scalar_one() == 1
    with pytest.raises(NotReady), schema.read(opened) as connection:
        connection.execute(note.insert().values(text="no"))
    assert texts(opened) == ["before", "meanwhile"]


def test_who_writes_is_alone_and_sees_what_the_one_before_wrote(opened):
    add(opened, text="0")

    def count_up():
        for _ in range(20):
            with schema.write(opened) as connection:
                now = int(connection.execute(select(note.c.text)).scalar_one())
                connection.execute(note.update().values(text=str(now + 1)))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts(opened) == ["80"]


def test_a_writer_that_waits_too_long_is_told_so(place, opened):
    impatient = schema.open_database(place.database("notes.db"), notes, 1, ("busy_timeout = 50",))
    with schema.write(opened), pytest.raises(NotReady, match="locked by another"):
        add(impatient, text="never")
    add(impatient, text="now")
    assert texts(opened) == ["now"]
    impatient.dispose()


def test_who_need_not_be_alone_waits_for_nobody(opened):
    with schema.write(opened) as first, schema.write(opened, alone=False) as second:
        first.execute(note.insert().values(text="alone"))
        second.execute(note.insert().values(text="beside"))
    assert texts(opened) == ["alone", "beside"]


def test_where_every_connection_is_in_use_it_is_said(place, monkeypatch):
    monkeypatch.setattr(pool, "_WAIT_S", 0.05)
    engine = schema.open_database(place.database("notes.db"), notes, 1)
    with ExitStack() as stack:
        for _ in range(pool.MOST_CONNECTIONS):
            stack.enter_context(schema.read(engine))
        with pytest.raises(NotReady, match="in use"):
            texts(engine)
    assert texts(engine) == []
    engine.dispose()


def test_a_write_that_fails_leaves_nothing(opened):
    with pytest.raises(ZeroDivisionError), schema.write(opened) as connection:
        connection.execute(note.insert().values(text="half"))
        raise ZeroDivisionError
    assert texts(opened) == []


def test_all_databases_of_a_process_share_few_connections(place, opened, postgres_server):  # noqa: F811
    engines = [opened, *(schema.open_database(place.database(f"d{i}.db"), notes, 1) for i in range(6))]
    for engine in engines * 3:
        add(engine, text="x")
    name = place.database_url.rpartition("/")[2]
    count = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'footnoted'"
    assert postgres_server.run(count) == [(1,)]
    for engine in engines[1:]:
        engine.dispose()
    assert texts(opened) == ["x"] * 3  # who is left has it still


# What can be wrong


def refused(url, tmp_path, file="notes.db", tables=notes, version=1):
    with pytest.raises((SettingsError, IndexBroken, NotReady)) as caught:
        schema.open_database(Place(tmp_path, url).database(file), tables, version)
    assert PASSWORD not in str(caught.value)
    assert "wrong-password" not in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_a_wrong_password_is_told_without_it(postgres_url, tmp_path):  # noqa: F811
    user, _, rest = postgres_url.partition(f"{USER}:")
    wrong = f"{user}{USER}:wrong-password@{rest.partition('@')[2]}"
    error = refused(wrong, tmp_path)
    assert isinstance(error, SettingsError)
    assert f"{USER}@127.0.0.1" in error.message
    assert "password" in error.message


def test_a_database_that_is_not_there_is_told(postgres_server, tmp_path):  # noqa: F811
    error = refused(postgres_server.url("nowhere"), tmp_path)
    assert isinstance(error, SettingsError)
    assert "nowhere" in error.message


def test_a_server_that_is_not_there_is_told(tmp_path):
    error = refused("postgresql://me:wrong-password@127.0.0.1:1/x", tmp_path)
    assert isinstance(error, NotReady)
    assert "127.0.0.1:1" in error.message


@pytest.mark.parametrize("url", ["mysql://me@host/x", "postgresql://host", "nonsense", "postgresql://h:port/x"])
def test_what_is_no_address_is_told(url, tmp_path):
    assert isinstance(refused(url, tmp_path), SettingsError)


def test_without_the_client_it_is_told_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refused("postgresql://me:wrong-password@127.0.0.1:1/x", tmp_path)
    assert error.hint == 'pip install "footnoted[postgres]"'


def test_a_user_who_may_not_make_schemas_is_told(postgres_url, postgres_server, tmp_path):  # noqa: F811
    database = postgres_url.rpartition("/")[2]
    postgres_server.run(f"CREATE ROLE guest_{database} LOGIN PASSWORD 'x'")
    guest = f"postgresql://guest_{database}:x@127.0.0.1:{postgres_server.port}/{database}"
    try:
        assert "denied" in refused(guest, tmp_path).message
        assert "pgvector" in refused(guest, tmp_path, "catalog.db", schema.metadata, schema.FORMAT_VERSION).message
    finally:
        postgres_server.run(f"DROP ROLE guest_{database}")


def test_a_database_that_cannot_hold_every_text_is_refused(postgres_server, tmp_path):  # noqa: F811
    postgres_server.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        assert "LATIN1" in refused(postgres_server.url("latin"), tmp_path).message
    finally:
        postgres_server.run("DROP DATABASE latin WITH (FORCE)")


def test_a_newer_format_is_refused_and_left_alone(place, opened, tmp_path):
    with schema.write(opened) as connection:
        connection.execute(text("UPDATE database_format SET version = 7"))
    error = refused(place.database_url, tmp_path)
    assert isinstance(error, IndexBroken)
    assert "format 7; this one knows 1" in error.message
    for use in (schema.read, schema.write):
        with pytest.raises(NotReady, match="upgraded by a newer"), use(opened):
            pass


def test_a_server_that_goes_and_comes_back_serves_again(postgres_server, place, opened):  # noqa: F811
    add(opened, text="before")
    with pytest.raises(NotReady, match="cannot be reached"), schema.write(opened) as connection:
        connection.execute(note.insert().values(text="lost"))
        postgres_server.stop()
        connection.execute(select(note.c.text))
    with pytest.raises(NotReady, match="cannot be reached"):
        texts(opened)
    postgres_server.start()
    assert texts(opened) == ["before"]


def test_a_connection_that_the_server_ends_is_made_anew(place, opened, postgres_server):  # noqa: F811
    add(opened, text="kept")
    name = place.database_url.rpartition("/")[2]
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    postgres_server.run(end)
    assert texts(opened) == ["kept"]
    with pytest.raises(NotReady), schema.read(opened) as connection:
        postgres_server.run(end)
        connection.execute(select(note.c.text))
    assert texts(opened) == ["kept"]


# Earlier formats

_REVISION = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE notes ADD COLUMN more VARCHAR")
    {then}
"""


@pytest.mark.parametrize("then", ["", "raise RuntimeError('broken')"])
def test_an_earlier_format_is_upgraded_or_left_as_it_was(place, opened, tmp_path, then):
    add(opened, text="kept")
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "r1.py").write_text('revision, down_revision = "0001", None\ndef upgrade():\n    pass\n')
    (versions / "r2.py").write_text(_REVISION.format(then=then))
    newer = MetaData(info={"versions": versions})
    table = Table("notes", newer, Column("key", Integer, primary_key=True), Column("more", String))
    if then:
        with pytest.raises(RuntimeError, match="broken"):
            schema.open_database(place.database("notes.db"), newer, 2)
        assert texts(opened) == ["kept"]
        return
    engine = schema.open_database(place.database("notes.db"), newer, 2)
    with schema.read(engine) as connection:
        assert connection.execute(select(table.c.more)).scalars().all() == [None]
    engine.dispose()
    with pytest.raises(NotReady, match="upgraded by a newer"):
        texts(opened)


def test_a_statement_outside_of_transactions_is_in_the_schema(opened):
    from index.postgres.statements import each_statement

    add(opened, text="one")
    with each_statement(opened) as connection:
        assert connection.execute(text("SELECT current_schema()")).scalar_one() == pool.session_of(opened).schema
        connection.exec_driver_sql("VACUUM notes")
    assert texts(opened) == ["one"]


def test_a_client_of_another_kind_can_read_it(place, opened):
    add(opened, text="plain")
    with closing(psycopg.connect(place.database_url)) as connection:
        assert connection.execute("SELECT text FROM footnoted_notes.notes").fetchall() == [("plain",)]
