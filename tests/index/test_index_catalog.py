"""The catalog: what is written is there, what is removed is gone, and a file that is none is refused."""

import sqlite3

import pytest
from index_samples import SIZES, WordEncoder, found, open_store, put, source

from core.errors import IndexBroken, IndexMismatch, InvalidRequest, NotFound
from index.catalog import IndexSpec


def test_a_document_comes_back_as_it_was_put(store):
    one = source("file:///a.txt", "Erste Zeile – 猫 👩‍👩‍👧.", "Second paragraph.", title="A title")
    put(store, "c", one)
    assert store.catalog.document("c", one.document.id) == one.document
    (row,) = store.catalog.documents("c")
    assert (row.uri, row.title, row.sha256) == ("file:///a.txt", "A title", one.document.metadata["sha256"])
    assert (row.passages, row.pages, row.characters) == (2, 2, len(one.document.text))


def test_documents_are_listed_by_title_in_pages(store):
    for title in ("Cherry", "Apple", "Banana"):
        put(store, "c", source(f"file:///{title}", f"On the {title}.", title=title))
    assert [row.title for row in store.catalog.documents("c")] == ["Apple", "Banana", "Cherry"]
    assert [row.title for row in store.catalog.documents("c", limit=2, offset=1)] == ["Banana", "Cherry"]


def test_collections_are_listed_with_what_they_hold(store):
    put(store, "b", source("file:///1", "one", "two"), source("file:///2", "three"))
    store.open_collection("a")
    listed = [(c.name, c.documents, c.passages) for c in store.catalog.collections()]
    assert listed == [("a", 0, 0), ("b", 2, 3)]


def test_the_generation_grows_with_every_change_and_only_then(store):
    def generation():
        return store.catalog.collection("c").generation

    store.open_collection("c")
    assert generation() == 0
    one = source("file:///1", "one")
    put(store, "c", one)
    assert generation() == 1
    put(store, "c", source("file:///1", "changed"))
    assert generation() == 2
    store.remove("c", ["no such document"])
    assert generation() == 2
    store.remove("c", [row.id for row in store.catalog.documents("c")])
    assert generation() == 3
    store.search("c", "one", 5)
    assert generation() == 3


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a b", "a/b", "..", "größe", "集", "a\n", "x" * 65, "a'b"])
def test_names_that_cannot_be_files_or_addresses_are_refused(store, name):
    with pytest.raises(InvalidRequest) as caught:
        store.open_collection(name)
    assert repr(name) in caught.value.message
    assert caught.value.hint
    assert store.catalog.collections() == []


@pytest.mark.parametrize("name", ["a", "A-1_b.c", "0", "x" * 64])
def test_plain_names_are_taken(store, name):
    assert store.open_collection(name).name == name


def test_what_is_not_there_is_not_found(store):
    with pytest.raises(NotFound, match="no collection 'c'"):
        store.catalog.collection("c")
    with pytest.raises(NotFound):
        store.catalog.documents("c")
    with pytest.raises(NotFound):
        store.search("c", "words", 5)
    with pytest.raises(NotFound):
        store.delete_collection("c")
    store.open_collection("c")
    with pytest.raises(NotFound, match="no document 'x'"):
        store.catalog.document("c", "x")
    assert store.remove("c", ["x"]) == 0


def test_known_digests_tell_what_need_not_be_read_again(store):
    one, two = source("file:///1", "one"), source("file:///2", "two")
    put(store, "c", one, two)
    known = store.catalog.known_sources(store.open_collection("c"))
    assert {uri: source.sha256 for uri, source in known.items()} == {
        "file:///1": one.document.metadata["sha256"],
        "file:///2": two.document.metadata["sha256"],
    }


def test_collections_know_nothing_of_each_other(store):
    one = source("file:///1", "the harbour")
    put(store, "a", one)
    put(store, "b", one, source("file:///2", "the lighthouse"))
    store.remove("b", [one.document.id])
    assert found(store, "harbour", "a") == ["the harbour"]
    assert found(store, "harbour", "b") == ["the lighthouse"]
    store.delete_collection("b")
    assert found(store, "harbour", "a") == ["the harbour"]
    store.open_collection("b")
    assert found(store, "harbour", "b") == []


def test_other_split_sizes_stop_the_ingest_but_not_the_search(folder, words):
    with open_store(folder, words) as store:
        put(store, "c", source("file:///1", "the harbour"))
    with open_store(folder, words, sizes=(60, 100)) as store:
        with pytest.raises(IndexMismatch) as caught:
            store.open_collection("c")
        assert "split_target 120, now 60" in caught.value.message
        assert "reindex --collection c" in caught.value.hint
        assert found(store, "harbour") == ["the harbour"]


@pytest.mark.parametrize("other", [WordEncoder("others"), WordEncoder("words", dimension=32)])
def test_another_encoder_stops_both_and_names_what_differs(folder, other):
    with open_store(folder, WordEncoder("words")) as store:
        put(store, "c", source("file:///1", "the harbour"))
    with open_store(folder, other) as store:
        with pytest.raises(IndexMismatch) as caught:
            put(store, "c", source("file:///2", "the lighthouse"))
        assert ("'words', now 'others'" if other.name == "others" else "64, now 32") in caught.value.message
        with pytest.raises(IndexMismatch) as caught:
            store.search("c", "harbour", 5)
        assert "'words'" in caught.value.message
        assert repr(other.name) in caught.value.message
        assert "reindex" in caught.value.hint


def test_a_newer_format_is_refused_and_left_alone(folder):
    open_store(folder).close()
    with sqlite3.connect(folder / "catalog.db") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(IndexBroken) as caught:
        open_store(folder)
    assert "newer Footnoted (format 99" in caught.value.message
    assert "Update" in caught.value.hint
    with sqlite3.connect(folder / "catalog.db") as database:
        assert database.execute("PRAGMA user_version").fetchone() == (99,)
    database.close()


@pytest.mark.parametrize("content", [b"this is no database " * 400, bytes(8192)])
def test_a_catalog_that_is_no_database_is_broken(folder, content):
    folder.mkdir()
    (folder / "catalog.db").write_bytes(content)
    with pytest.raises(IndexBroken) as caught:
        open_store(folder)
    assert "catalog.db" in caught.value.message
    assert "restore" in caught.value.hint


def test_a_catalog_in_whose_place_a_folder_stands_is_broken(folder):
    (folder / "catalog.db").mkdir(parents=True)
    with pytest.raises(IndexBroken, match=r"catalog\.db"):
        open_store(folder)


def test_damage_inside_the_catalog_is_told_when_it_is_met(folder):
    with open_store(folder) as store:
        put(store, "c", *(source(f"file:///{i}", f"the harbour in the year {i} " * 20) for i in range(60)))
    with sqlite3.connect(folder / "catalog.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    data = bytearray((folder / "catalog.db").read_bytes())
    data[8 * size :] = b"\xa5" * (len(data) - 8 * size)
    (folder / "catalog.db").write_bytes(data)
    with pytest.raises(IndexBroken) as caught, open_store(folder) as store:
        store.catalog.known_sources(store.open_collection("c"))
        found(store, "harbour")
    assert "catalog.db" in caught.value.message
    assert caught.value.hint


def test_the_spec_of_a_collection_says_what_it_was_built_with(store):
    assert store.open_collection("c").spec == IndexSpec("words", 64, *SIZES)


def test_a_replaced_document_leads_to_the_present_one_until_that_is_removed(store):
    versions = [source("file:///1", text) for text in ("first words", "second words", "third words")]
    for version in versions:
        put(store, "c", version)
    present = versions[-1].document
    assert all(store.catalog.present_document("c", v.document.id) == present for v in versions)
    with pytest.raises(NotFound, match=versions[0].document.id):
        store.catalog.document("c", versions[0].document.id)

    put(store, "c", versions[0])
    assert store.catalog.present_document("c", present.id) == versions[0].document
    assert store.catalog.present_document("c", versions[0].document.id) == versions[0].document

    store.remove("c", [versions[0].document.id])
    put(store, "c", source("file:///1", "fourth words"))
    for version in versions:
        with pytest.raises(NotFound):
            store.catalog.present_document("c", version.document.id)


def test_replaced_documents_belong_to_their_collection(store):
    old, new = source("file:///1", "old words"), source("file:///1", "new words")
    put(store, "a", old)
    put(store, "a", new)
    put(store, "b", source("file:///2", "other words"))
    with pytest.raises(NotFound):
        store.catalog.present_document("b", old.document.id)
    store.delete_collection("a")
    put(store, "a", new)
    with pytest.raises(NotFound):
        store.catalog.present_document("a", old.document.id)
