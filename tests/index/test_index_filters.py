"""Filters: what they allow is what a plain reading of them allows, and search gives the best of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import found, open_store, put, source

from core.errors import InvalidRequest
from index import schema
from index.catalog import Entry
from index.filters.allowed import allowed_keys
from index.filters.filter import Within
from index.filters.parse import MAX_DEPTH, MAX_VALUES, parse
from index.marked import list_marked
from index.marks import marks_of

WORDS = ["finance", "law", "Law", "é", "f%_*"]
LABELS = ["hr", "board"]
LANGUAGES = ["en", "de", None]
MEDIA = ["text/plain", "text/html", "application/pdf"]
TIMES = ["2024-01-01T00:00:00+00:00", "2024-03-01T10:30:00+00:00", "2024-03-02T00:00:00+00:00"]
VALUES = ["2022", "2022.0", "-1e3", "ten", "10", "9", "2024-03-01", "nan"]


# A document as plain values, and a filter read by hand: a second opinion on the SQL.


def holds(document, value, labels=None):
    if labels is not None and document["label"] and not set(document["label"]) & labels:
        return False
    return all(_condition(document, name, inner) for name, inner in value.items())


def _condition(document, name, value):
    if name == "and":
        return all(holds(document, one) for one in value)
    if name == "or":
        return any(holds(document, one) for one in value)
    if name == "not":
        return not holds(document, value)
    if name.startswith("attribute."):
        given = document["attributes"].get(name.removeprefix("attribute."))
        return given is not None and _fits(given, value)
    if name == "date":
        given = document["attributes"].get("date")
        return given is not None and _within(datetime.fromisoformat(given).replace(tzinfo=UTC), value)
    if name == "ingested_at":
        return _within(datetime.fromisoformat(document[name]), value)
    given = document[name]
    return any(_fits(one, value) for one in ([] if given is None else given if isinstance(given, list) else [given]))


def _fits(given, value):
    if isinstance(value, list):
        return any(_fits(given, one) for one in value)
    if isinstance(value, dict):
        if "prefix" in value:
            return given.startswith(value["prefix"])
        return all(_compare(op, _alike(given, bound), bound) for op, bound in value.items())
    return _alike(given, value) == value


def _alike(given, other):
    """As a number beside a number; NaN, which nothing is equal to, where it is none."""
    if isinstance(other, str):
        return given
    if given == "2024-03-01" and not isinstance(other, str):
        return float("nan")
    return float(given) if given[-1:].isdigit() else float("nan")


def _within(time, value):
    if isinstance(value, str):
        return time.date() == date.fromisoformat(value)
    for op, text in value.items():
        bound = datetime.fromisoformat(text).replace(tzinfo=UTC)
        if len(text) == 10 and op in ("lte", "gt"):
            bound += timedelta(days=1)
            op = {"lte": "lt", "gt": "gte"}[op]
        if not _compare(op, time, bound):
            return False
    return True


def _compare(op, a, b):
    return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[op]


documents = st.fixed_dictionaries(
    {
        "tag": st.lists(st.sampled_from(WORDS), max_size=3, unique=True),
        "label": st.lists(st.sampled_from(LABELS), max_size=2, unique=True),
        "language": st.sampled_from(LANGUAGES),
        "own": st.tuples(*[st.sampled_from([None, "en", "de", "fr"])] * 2),
        "media_type": st.sampled_from(MEDIA),
        "ingested_at": st.sampled_from(TIMES),
        "attributes": st.fixed_dictionaries(
            {},
            optional={
                "year": st.sampled_from(VALUES),
                "größe": st.sampled_from(VALUES),
                "date": st.sampled_from(["2024-03-01", "2024-03-01T10:30:00", "2023-12-31"]),
            },
        ),
    }
)
one_or_some = lambda values: st.one_of(values, st.lists(values, max_size=3))  # noqa: E731
times = st.sampled_from(["2024-01-01", "2024-03-01", "2024-03-01T10:30:00", "2023-12-31"])
bounds = lambda values: st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte"]), values, min_size=1)  # noqa: E731
days = st.one_of(st.sampled_from(["2024-03-01", "2024-03-02"]), bounds(times))
numbers = st.sampled_from([2022, 2022.0, -1000, 9.5, 10])
attribute = st.one_of(
    one_or_some(st.one_of(st.sampled_from(VALUES), numbers)),
    bounds(st.sampled_from(VALUES)),
    bounds(numbers),
    st.fixed_dictionaries({"prefix": st.sampled_from(["", "20", "te"])}),
)
leaves = st.dictionaries(st.just("tag"), one_or_some(st.sampled_from([*WORDS, "none"])), min_size=1) | (
    st.one_of(
        st.fixed_dictionaries({"label": one_or_some(st.sampled_from(LABELS))}),
        st.fixed_dictionaries({"language": one_or_some(st.sampled_from(["en", "de", "fr"]))}),
        st.fixed_dictionaries({"media_type": one_or_some(st.sampled_from(MEDIA))}),
        st.fixed_dictionaries({"media_type": st.fixed_dictionaries({"prefix": st.sampled_from(["text/", "TEXT/"])})}),
        st.fixed_dictionaries({"uri": one_or_some(st.sampled_from(["file:///a/0", "file:///b/1"]))}),
        st.fixed_dictionaries({"uri": st.fixed_dictionaries({"prefix": st.sampled_from(["file:///a", "file:///A"])})}),
        st.fixed_dictionaries({"ingested_at": days}),
        st.fixed_dictionaries({"date": days}),
        st.fixed_dictionaries({"attribute.year": attribute}),
        st.fixed_dictionaries({"attribute.year": attribute, "attribute.größe": attribute}),
    )
)
filters = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"and": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"or": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"not": inner, "tag": st.sampled_from(WORDS)}),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("filters") / "data") as store:
        yield store


def shelve(store, wanted):
    """A collection of these documents in place of those before; gives them with their uris."""
    if store.catalog.find("c") is not None:
        store.delete_collection("c")
    put(store, "c", source("file:///seed", "seed"))
    store.remove("c", [row.id for row in store.catalog.documents("c")])
    shelved = []
    for i, one in enumerate(wanted):
        made = source(f"file:///{'ab'[i % 2]}/{i}", f"harbour {i}", f"storm {i}")
        document = replace(made.document, language=one["language"], media_type=one["media_type"])
        own = [own or one["language"] for own in one["own"]]
        passages = [replace(passage, language=told) for passage, told in zip(made.passages, own, strict=True)]
        (embedded,) = store.embed([passages])
        entry = Entry(document, embedded, marks=marks_of(one["tag"], one["attributes"], one["label"]))
        store.put(store.open_collection("c"), [(entry, made.original)])
        with schema.write(store.catalog.engine) as connection:
            d = schema.documents.c
            connection.execute(
                schema.documents.update().where(d.id == document.id).values(ingested_at=one["ingested_at"])
            )
        told = {"uri": document.uri, "document": document.id, "passages": [passage.id for passage in passages]}
        shelved.append({**one, **told, "own": own})
    return shelved


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.lists(documents, min_size=1, max_size=5),
    asked=st.lists(filters, min_size=1, max_size=8),
    labels=st.sampled_from([None, frozenset(), frozenset({"hr"}), frozenset({"hr", "board"})]),
)
def test_a_filter_allows_what_it_says_and_nothing_else(shelf, wanted, asked, labels):
    shelved = shelve(shelf, wanted)
    for value in asked:
        where = parse(value)
        expected = {one["document"] for one in shelved if holds(one, value, labels)}
        listed, total = list_marked(shelf.catalog, "c", Within(where, labels))
        assert {document.row.id for document in listed} == expected, value
        assert total == len(expected)
        # Each document has two passages, and both have a word of the question; of a passage, its own language counts.
        expected = {
            passage
            for one in shelved
            for passage, own in zip(one["passages"], one["own"], strict=True)
            if holds({**one, "language": own}, value, labels)
        }
        hits = shelf.search("c", "harbour storm", 20, None, where, labels).hits
        assert len(hits) == len(expected)
        assert {hit.passage.id for hit in hits} == expected, value


def test_the_best_of_what_is_left_are_found_however_bad_they_are(shelf):
    """Twenty passages of a filter are the answer though hundreds of others are nearer to the question."""
    near = source("file:///near", *[f"the harbour storm of {i}" for i in range(300)])
    far = source("file:///far", *[f"quay {i} number crane {'harbour' if i == 7 else ''}" for i in range(20)])
    (embedded,) = shelf.embed([far.passages])
    put(shelf, "twenty", near)
    entry = Entry(far.document, embedded, marks=marks_of(["rare"]))
    shelf.put(shelf.open_collection("twenty"), [(entry, far.original)])
    hits = shelf.search("twenty", "harbour storm", 20, None, parse({"tag": "rare"})).hits
    assert {hit.passage.id for hit in hits} == {passage.id for passage in far.passages}
    assert "harbour" in hits[0].passage.text
    assert all("storm of" in text for text in found(shelf, "harbour storm", "twenty", 20))


def test_allowed_keys_are_sorted_and_of_the_collection_only(shelf):
    put(shelf, "here", source("file:///b", "one", "two"), source("file:///a", "three"))
    put(shelf, "there", source("file:///b", "one", "two"))
    for name in ("here", "there"):
        shelf.catalog.mark(name, [row.id for row in shelf.catalog.documents(name)], marks_of(["both"]))
    with schema.read(shelf.catalog.engine) as connection:
        here = shelf.catalog.collection_in(connection, "here")
        keys = allowed_keys(connection, here.id, parse({"uri": {"prefix": "file:///"}}))
        assert keys.dtype == np.int64
        assert len(keys) == 3
        assert (np.diff(keys) > 0).all()
        assert allowed_keys(connection, here.id, parse({"tag": "both"})).tolist() == keys.tolist()
        assert allowed_keys(connection, here.id, parse({"not": {"tag": "none"}})).tolist() == keys.tolist()
        assert len(allowed_keys(connection, here.id, parse({"tag": "none"}))) == 0


def test_nothing_is_asked_of_a_filter_that_is_empty():
    assert parse({}) is None
    assert parse(None) is None


@pytest.mark.parametrize(
    ("value", "place", "hint"),
    [
        ([], "filter is a list", "Write an object"),
        ("tag", "filter is 'tag'", "Write an object"),
        ({"colour": "red"}, "filter.colour is unknown", "tag, label, language"),
        ({"attribute.": 1}, "filter.attribute. is unknown", "attribute.NAME"),
        ({"Tag": "x"}, "filter.Tag is unknown", "tag"),
        ({"and": {"tag": "x"}}, "filter.and is an object", "list of filters"),
        ({"and": [{"tag": "x"}, {"language": 3}]}, "filter.and[1].language is a number", "Write a text"),
        ({"not": [{"tag": "x"}]}, "filter.not is a list", "Write an object"),
        ({"tag": ["x", None]}, "filter.tag[1] is null", "Write a text"),
        ({"tag": {"prefix": "x"}}, "filter.tag is an object", "list of texts"),
        ({"uri": {"prefix": "x", "suffix": "y"}}, "filter.uri", "prefix"),
        ({"uri": "\ud800"}, "filter.uri has a character", "Leave it out"),
        ({"\ud800": "x"}, "filter.? is unknown", "tag"),
        ({"attribute.year": {"gte": 1, "lt": "2"}}, "a number and with a text", "one of them"),
        ({"attribute.year": {"above": 1}}, "has 'above'", "gt, gte, lt, lte, prefix"),
        ({"attribute.year": {}}, "is empty", "gt, gte"),
        ({"attribute.year": True}, "filter.attribute.year is true", "a text or a number"),
        ({"attribute.year": float("nan")}, "without end", "smaller"),
        ({"attribute.year": 10**400}, "without end", "smaller"),
        ({"date": "yesterday"}, "filter.date is 'yesterday'", "2024-03-01"),
        ({"date": {"gte": "soon"}}, "filter.date.gte is 'soon'", "2024-03-01"),
        ({"ingested_at": {"lte": "9999-12-31"}}, "filter.ingested_at.lte", "earlier day"),
        ({"ingested_at": 5}, "filter.ingested_at is a number", "Write a day"),
        ({"document": ["x"] * (MAX_VALUES + 1)}, "more than 10,000 values", "tag or an attribute"),
        ({"uri": "x" * 5_000}, "has 5,000 characters", "4,000"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_with_what_is_known_there(value, place, hint):
    with pytest.raises(InvalidRequest) as raised:
        parse(value)
    assert place in raised.value.message
    assert hint in raised.value.hint


def test_a_filter_that_is_nested_without_end_is_refused():
    value = {"tag": "x"}
    for _ in range(MAX_DEPTH - 1):
        value = {"not": value}
    parse(value)
    with pytest.raises(InvalidRequest, match="levels deep"):
        parse({"not": value})


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(TIMES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["and", "or", "not", "tag", "uri", "date", "attribute.a", "prefix", "gte", "lt", "?"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_json)
def test_any_json_is_a_filter_or_is_refused_in_words(shelf, value):
    if shelf.catalog.find("any") is None:
        put(shelf, "any", source("file:///any", "any"))
    try:
        where = parse(value)
    except InvalidRequest as error:
        assert error.hint
        str(error).encode()
        return
    list_marked(shelf.catalog, "any", Within(where, frozenset()))


@pytest.mark.parametrize("moved", [0, 1_000], ids=["in a row", "with gaps"])
def test_keys_are_all_there_whether_or_not_those_of_a_document_follow_each_other(tmp_path, moved):
    with open_store(tmp_path / "data") as store:
        put(store, "c", source("file:///a", "one", "two", "three"), source("file:///b", "four", "five"))
        p = schema.passages.c
        with schema.write(store.catalog.engine) as connection:
            last = connection.execute(p.key.table.select().order_by(p.key.desc())).first()
            connection.execute(schema.passages.update().where(p.key == 2).values(key=2 + (moved and last.key + moved)))
            collection = store.catalog.collection_in(connection, "c")
            expected = sorted(connection.execute(schema.passages.select().with_only_columns(p.key)).scalars())
            assert allowed_keys(connection, collection.id, parse({"uri": {"prefix": "file"}})).tolist() == expected
            of_a = allowed_keys(connection, collection.id, parse({"uri": "file:///a"}))
            assert of_a.tolist() == sorted([1, 3, 2 + (moved and last.key + moved)])


@pytest.mark.parametrize(
    "value",
    [
        {"or": [{"tag": f"t{i}"} for i in range(900)]},
        {"or": [{"and": []}] * 5_000},
        {"attribute.\ud800": 1},
        {"attribute.a\x00": 1},
        {f"attribute.{'b' * 100_000}": 1},
    ],
    ids=["parts", "empty parts", "surrogate", "nul", "long name"],
)
def test_a_filter_that_would_cost_too_much_or_names_nothing_is_refused(value):
    with pytest.raises(InvalidRequest) as caught:
        parse(value)
    assert len(caught.value.message) < 300
    caught.value.message.encode()
