"""Tags, attributes and labels: they outlive new versions of a document, and who may not find it never does."""

import pytest
from index_samples import found, put, source

from core.errors import InvalidRequest
from index.catalog import Entry
from index.filters.parse import parse
from index.marks import MAX_MARKS, NO_MARKS, Marks, MarksChange, marks_change, marks_of
from index.store import Store


def put_marked(store: Store, one, marks: Marks = NO_MARKS, moved_from: str | None = None):
    (made,) = store.embed([one.passages])
    entry = Entry(one.document, made, moved_from=moved_from, marks=marks)
    store.put(store.open_collection("c"), [(entry, one.original)])


def marks_at(store: Store, uri: str) -> Marks:
    (document_id,) = [row.id for row in store.catalog.documents("c") if row.uri == uri]
    return store.catalog.marks("c", [document_id]).get(document_id, NO_MARKS)


def texts(store: Store, labels: frozenset[str] | None, **value) -> list[str]:
    return sorted(hit.passage.text for hit in store.search("c", "storm", 20, None, parse(value), labels).hits)


SECRET = marks_of(["finance"], {"year": 2022}, ["board"])


def test_a_new_version_keeps_the_marks_of_the_former(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    put_marked(store, source("file:///a", "storm two"))
    assert marks_at(store, "file:///a") == SECRET
    assert texts(store, frozenset()) == []
    assert texts(store, frozenset({"board"}), tag="finance") == ["storm two"]


def test_what_is_given_with_a_new_version_is_added_but_labels_take_the_place_of_the_former(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    put_marked(store, source("file:///a", "storm two"), marks_of(["law"], {"year": "2023", "by": "Ida"}, ["hr"]))
    kept = marks_at(store, "file:///a")
    assert kept == marks_of(["finance", "law"], {"year": "2023", "by": "Ida"}, ["hr"])
    assert texts(store, frozenset({"board"})) == []
    assert texts(store, frozenset({"hr"})) == ["storm two"]


def test_a_document_that_moved_keeps_its_marks(store):
    put_marked(store, source("file:///old", "storm one"), SECRET)
    put_marked(store, source("file:///new", "storm one"), moved_from="file:///old")
    assert marks_at(store, "file:///new") == SECRET


def test_a_document_that_was_deleted_leaves_nothing_to_a_later_one(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    store.remove("c", [row.id for row in store.catalog.documents("c")])
    put_marked(store, source("file:///a", "storm one"))
    assert marks_at(store, "file:///a") == NO_MARKS
    assert texts(store, frozenset()) == ["storm one"]


def test_labels_hide_a_document_from_the_very_next_search(store):
    put(store, "c", source("file:///a", "storm one"), source("file:///b", "storm two"))
    assert texts(store, frozenset()) == ["storm one", "storm two"]
    (hidden,) = [row.id for row in store.catalog.documents("c") if row.uri == "file:///a"]
    store.catalog.mark("c", [hidden], MarksChange(labels=frozenset({"board", "hr"})))
    assert texts(store, frozenset()) == ["storm two"]
    assert texts(store, frozenset({"sales"})) == ["storm two"]
    assert texts(store, frozenset({"sales", "hr"})) == ["storm one", "storm two"]
    assert texts(store, None) == ["storm one", "storm two"]
    store.catalog.mark("c", [hidden], MarksChange(labels=frozenset()))
    assert texts(store, frozenset()) == ["storm one", "storm two"]


def test_no_filter_leads_around_the_labels(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    put_marked(store, source("file:///b", "storm two"))
    for value in ({"tag": "finance"}, {"label": "board"}, {"not": {"label": "hr"}}, {"or": [{"label": "board"}, {}]}):
        assert "storm one" not in texts(store, frozenset(), **value)


def test_labels_of_one_collection_are_nothing_to_another(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    put(store, "other", source("file:///a", "storm one"))
    assert found(store, "storm", "other") == ["storm one"]
    assert [hit.passage.text for hit in store.search("other", "storm", 5, None, None, frozenset()).hits] == [
        "storm one"
    ]


def test_a_second_process_goes_by_the_labels_at_once(store, folder, words):
    put(store, "c", source("file:///a", "storm one"))
    with Store(folder, words, (120, 200)) as other:
        assert texts(other, frozenset()) == ["storm one"]
        (document,) = store.catalog.documents("c")
        store.catalog.mark("c", [document.id], MarksChange(labels=frozenset({"hr"})))
        assert texts(other, frozenset()) == []


def test_a_collection_that_is_built_anew_keeps_the_marks_that_documents_have_at_the_swap(store):
    put_marked(store, source("file:///a", "storm one"), SECRET)
    put(store, "c", source("file:///b", "storm two"))
    (second,) = [row.id for row in store.catalog.documents("c") if row.uri == "file:///b"]
    marked = False

    def split(document):
        nonlocal marked
        if not marked:
            marked = True
            store.catalog.mark("c", [second], MarksChange(labels=frozenset({"hr"})))
        return source(document.uri, document.text).passages

    store.rebuild("c", split)
    assert marks_at(store, "file:///a") == SECRET
    assert marks_at(store, "file:///b").labels == {"hr"}
    assert texts(store, frozenset()) == []


def test_a_change_leaves_alone_what_it_does_not_name(store):
    put_marked(store, source("file:///a", "storm"), SECRET)
    (document,) = store.catalog.documents("c")
    before = store.catalog.collection("c").generation
    changed = store.catalog.mark("c", [document.id, "unknown"], marks_change(None, {"year": None, "by": 3}, None))
    assert changed == {document.id: marks_of(["finance"], {"by": "3"}, ["board"])}
    assert store.catalog.collection("c").generation == before + 1
    store.catalog.mark("c", [document.id], marks_change(["finance"], {}, ["board"]))
    assert store.catalog.collection("c").generation == before + 1  # nothing new: no derived index need look


@pytest.mark.parametrize("tag", ["", "  ", "a\nb", "x" * 101, "a\0b", "\ud800"])
def test_what_cannot_be_a_tag_is_refused(tag):
    with pytest.raises(InvalidRequest, match="cannot be a tag"):
        marks_of([tag])


@pytest.mark.parametrize(
    ("name", "value"),
    [("a b", "1"), ("", "1"), ("=", "1"), ("a", ""), ("a", "x" * 1001), ("a", "\ud800"), ("date", "soon"), ("-a", "1")],
)
def test_what_cannot_be_an_attribute_is_refused(name, value):
    with pytest.raises(InvalidRequest):
        marks_of((), {name: value})


def test_tags_are_the_same_however_their_letters_are_composed(store):
    put_marked(store, source("file:///a", "storm"), marks_of(["cafe\u0301"]))
    assert texts(store, None, tag="caf\u00e9") == ["storm"]
    assert texts(store, None, tag="cafe\u0301") == ["storm"]


def test_too_many_are_refused(store):
    put_marked(store, source("file:///a", "storm"), marks_of([f"t{i}" for i in range(MAX_MARKS)]))
    with pytest.raises(InvalidRequest, match="too many"):
        put_marked(store, source("file:///a", "storm two"), marks_of(["one more"]))
    assert texts(store, None) == ["storm"]


def test_an_attribute_is_looked_for_by_its_name_and_as_what_it_is(store):
    put_marked(store, source("file:///a", "storm one"), marks_of((), {"year": "10", "pages": 9}))
    assert texts(store, None, **{"attribute.year": "10"}) == ["storm one"]
    assert texts(store, None, **{"attribute.pages": "10"}) == []
    assert texts(store, None, **{"attribute.year": {"gt": 9}}) == ["storm one"]
    assert texts(store, None, **{"attribute.year": {"gt": "9"}}) == []  # as text, 1 comes before 9
    assert texts(store, None, date={"gt": "1970-01-01"}) == []
