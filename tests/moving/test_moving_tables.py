"""Rows of one database made the same in another: what leads to what stays together, and counters go on."""

import pytest
from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, MetaData, String, Table, insert, select

from index import schema
from index.place import Place
from service.moving.tables import has_rows, make_same

TABLES = MetaData()
people = Table(
    "people",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("name", schema.AnyCase, nullable=False, unique=True),
    Column("told", JSON),
    Column("share", Float),
    Column("is_here", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
visits = Table(
    "visits",
    TABLES,
    Column("person", ForeignKey("people.number", ondelete="CASCADE"), primary_key=True),
    Column("day", String, primary_key=True),
    Column("note", String),
)
ADA = {"number": 1, "name": "Ada", "told": {"ä": [1, None, 2.5]}, "share": 0.1, "is_here": True}
BOB = {"number": 4, "name": "Bob", "told": None, "share": None, "is_here": False}
VISITS = [{"person": 1, "day": "b", "note": "x\0y"}, {"person": 4, "day": "A", "note": None}]


@pytest.fixture(params=["postgres to sqlite", "sqlite to postgres", "sqlite to sqlite"])
def pair(request, tmp_path):
    """Two engines with the tables, the first with rows."""
    server = Place(tmp_path / "p", request.getfixturevalue("postgres_url")) if "postgres" in request.param else None
    one, two = Place(tmp_path / "one"), Place(tmp_path / "two")
    if server is not None:
        one, two = (server, two) if request.param.startswith("postgres") else (one, server)
    engines = [schema.open_database(place.database("sample.db"), TABLES, 1) for place in (one, two)]
    with schema.write(engines[0]) as connection:
        connection.execute(insert(people), [ADA, BOB])
        connection.execute(insert(visits), VISITS)
    yield engines
    for engine in engines:
        engine.dispose()


def synced(pair):
    with schema.read(pair[0]) as source, schema.write(pair[1]) as target:
        return make_same(source, target, TABLES)


def rows(engine):
    with schema.read(engine) as connection:
        return [
            [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in (people, visits)
        ]


def test_every_row_arrives_once(pair):
    with schema.read(pair[1]) as connection:
        assert not has_rows(connection, TABLES)
    assert (synced(pair).rows, synced(pair).changed) == (4, 0)
    text = "x\ufffdy" if pair[0].dialect.name != pair[1].dialect.name else "x\0y"
    assert rows(pair[1]) == [[ADA, BOB], [{**VISITS[0], "note": text}, VISITS[1]]]
    with schema.read(pair[1]) as connection:
        assert has_rows(connection, TABLES)


def test_a_changed_row_keeps_what_leads_to_it_and_a_name_may_pass_on(pair):
    synced(pair)
    with schema.write(pair[0]) as connection:
        connection.execute(people.update().where(people.c.number == 1).values(share=0.2))
        connection.execute(people.delete().where(people.c.number == 4))
        connection.execute(insert(people).values({**BOB, "number": 9, "name": "BOB"}))
    assert synced(pair).changed == 4  # one changed, one new, one gone with its visit
    assert rows(pair[1]) == rows(pair[0]) or pair[0].dialect.name != pair[1].dialect.name
    found, visited = rows(pair[1])
    assert [(row["number"], row["name"], row["share"]) for row in found] == [(1, "Ada", 0.2), (9, "BOB", None)]
    assert [row["person"] for row in visited] == [1]


def test_the_next_number_is_a_new_one(pair):
    synced(pair)
    with schema.write(pair[1]) as connection:
        made = connection.execute(insert(people).values(name="Cy", is_here=True)).inserted_primary_key
    assert made[0] == 5
