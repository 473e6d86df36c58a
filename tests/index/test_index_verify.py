"""`verify` finds every kind of damage that it is there to find, and nothing in a folder that is whole."""

import json
import os
import random
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import SIZES, WordEncoder, found, open_store, put, source

from core.errors import NotFound
from index import deleted, schema
from index.inverted import InvertedIndex
from index.purge import purge
from index.store import Store
from index.tidy import tidy
from index.traces import WINDOW, Finder, as_blob, from_blob, traces_of
from index.verify import files, words
from index.verify.check import Level
from index.verify.run import verify, verify_deleted

SECRET = "Zanzibar's wyverns quaffed jellied vermouth below the xenolithic fjords of Kyzylorda. " * 40


@pytest.fixture
def filled(folder):
    """A folder with two collections, saved indexes, a replaced document and a deleted one."""
    with open_store(folder) as store:
        for i in range(12):
            put(store, "c", source(f"file:///{i}", f"The harbour {i} lies north – 猫 👩‍👩‍👧.", f"Pier {i} is closed."))
        put(store, "d", source("file:///x", "Of the lighthouse nobody knows the age, nor who built it."))
        put(store, "c", source("file:///3", "The harbour 3 was moved to the south of the bay in winter."))
        store.remove("c", [row.id for row in store.catalog.documents("c") if row.uri == "file:///5"])
        store.refresh("c", save=True)
        store.save()
    return folder


def bad(folder, encoder=None, **more) -> dict[str, str]:
    """The checks that are not in order, by name, with what they say."""
    with open_store(folder) as store:
        checks = [*verify(folder, store.catalog, encoder or store.encoder, 1_000, 1)]
    return {check.name: f"{check.level}: {check.message}" for check in checks if check.level is not Level.OK}


def change(folder, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "catalog.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def test_a_whole_folder_passes_every_check(filled):
    assert bad(filled) == {}
    with open_store(filled) as store:
        checks = {c.name: c.checked for c in verify(filled, store.catalog, store.encoder, 1_000, 1)}
    assert (checks["counts"], checks["offsets"], checks["vectors"]) == (12, 22, 22)
    assert (checks["dense indexes"], checks["keyword indexes"], checks["originals"]) == (22, 22, 12)
    assert (checks["vectors made again: c"], checks["vectors made again: d"]) == (21, 1)
    assert checks["deleted texts"] > 10


def test_an_empty_folder_passes(folder):
    assert bad(folder) == {}


@pytest.mark.parametrize(
    ("statement", "check", "told"),
    [
        ("UPDATE passages SET text = text || '!' WHERE key = 3", "offsets", "is not what its document has there"),
        ("UPDATE passages SET start = start + 1 WHERE key = 3", "offsets", "is not what its document has there"),
        ("UPDATE documents SET text = 'x' || text WHERE key = 2", "offsets", "characters and has"),
        (
            "UPDATE documents SET blocks = '[[\"list\", 0, 999, 1, 0]]' WHERE key = 2",
            "offsets",
            "out of place",
        ),
        ("UPDATE documents SET passages = 7 WHERE key = 2", "counts", "said to have 7 passages and has 2"),
        ("UPDATE passages SET collection_id = 2 WHERE key = 3", "counts", "in another collection"),
        ("UPDATE passages SET vector = x'00' WHERE key = 3", "vectors", "another dimension"),
        ("UPDATE passages SET document_key = 9999 WHERE key = 3", "databases", "leads to nothing in documents"),
    ],
)
def test_a_change_behind_the_catalogs_back_is_found(filled, statement, check, told):
    change(filled, statement)
    with open_store(filled) as store:
        checks = {c.name: c for c in verify(filled, store.catalog, None, 0, 1)}
    assert checks[check].level is Level.FAILED
    assert told in checks[check].message


def test_a_vector_of_other_words_is_found(filled):
    change(filled, "UPDATE passages SET vector = (SELECT vector FROM passages WHERE key = 9) WHERE key = 4")
    assert "has a cosine of" in bad(filled)["vectors made again: c"]


def test_a_passage_that_was_embedded_from_other_words_is_found(filled):
    change(filled, "UPDATE documents SET title = 'Another' WHERE key = 2")
    assert "has a cosine of" in bad(filled)["vectors made again: c"]


def test_a_damaged_page_of_the_database_is_found(filled):
    path = filled / "catalog.db"
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_passages_input_hash'"
        page = database.execute(query).fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size + size // 2)
        file.write(random.Random(1).randbytes(size // 2))
    assert "catalog.db" in bad(filled)["databases"]


def test_originals_that_are_missing_or_others_are_found(filled):
    first, second, *_ = sorted(path for path in (filled / "originals").rglob("*") if path.is_file())
    first.write_bytes(b"other bytes")
    second.unlink()
    told = bad(filled)["originals"]
    assert first.name in told and second.name in told
    assert told.startswith("failed")


def test_a_dense_index_that_is_not_what_its_manifest_says_is_found(filled):
    (file,) = (filled / "index").glob("1-*.faiss")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "not what its manifest describes" in bad(filled)["dense indexes"]


def test_a_dense_index_with_other_passages_than_the_catalog_is_found(filled):
    manifest = filled / "index" / "1.json"
    told = json.loads(manifest.read_text())
    other = json.loads((filled / "index" / "2.json").read_text())
    wrong = {**told, **{name: other[name] for name in ("file", "sha256", "keys_file", "keys_sha256", "vectors")}}
    manifest.write_text(json.dumps(wrong))
    assert "lacks 21 passages and has 1 that are gone" in bad(filled)["dense indexes"]


def test_an_older_catalog_beside_a_newer_index_is_found(filled):
    change(filled, "UPDATE collections SET generation = 1 WHERE name = 'c'")
    assert "an older catalog was put back" in bad(filled)["dense indexes"]


def test_what_a_kill_leaves_is_told_and_tidied_away(filled):
    stray = filled / "originals" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"never committed")
    half = filled / "originals" / "ab" / f"cd.{2**22 + 1}-1.tmp"
    half.write_bytes(b"half")
    os.utime(stray, (0, 0))
    told = bad(filled)
    assert [*told] == ["leftovers"]
    assert told["leftovers"].startswith("warning")
    assert stray.name in told["leftovers"] and half.name in told["leftovers"]
    with open_store(filled) as store:
        assert tidy(filled, store.catalog, store.originals) == 2
    assert bad(filled) == {}
    assert not stray.exists() and not half.exists()


def test_tidying_leaves_what_a_running_process_writes(filled):
    half = filled / "originals" / "ab" / f"cd.{os.getpid()}-1.tmp"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    with open_store(filled) as store:
        assert tidy(filled, store.catalog, store.originals) == 0
    assert half.exists()


# What was deleted


@pytest.mark.parametrize("how", ["remove", "replace", "drop"])
def test_of_a_deleted_text_nothing_is_left_in_any_file_while_others_have_the_folder_open(folder, how):
    with open_store(folder) as other, open_store(folder) as store:
        put(store, "c", source("file:///a", "The harbour lies in the north."), source("file:///b", SECRET))
        other.search("c", "wyverns", 3)
        old = next(row.id for row in store.catalog.documents("c") if row.uri == "file:///b")
        if how == "remove":
            store.remove("c", [old])
        elif how == "replace":
            put(store, "c", source("file:///b", "Nothing of the kind."))
        else:
            store.delete_collection("c")
        if how != "drop":
            store.refresh("c")
        other.catalog.collections()
        for wanted in (old, old[:8], SECRET, SECRET[100:140]):
            inside, outside = verify_deleted(folder, store.catalog, wanted)
            assert (inside.level, outside.level) == (Level.OK, Level.OK), inside
            assert inside.checked > 0
        everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert b"wyverns quaffed" not in everything
        assert b"Kyzylorda" not in everything


def test_without_secure_delete_the_remains_are_found_and_purged(folder):

    with Store(folder, WordEncoder(), SIZES, secure_delete=False) as store:
        put(store, "c", source("file:///a", "The harbour lies in the north."), source("file:///b", SECRET))
        (old,) = [row.id for row in store.catalog.documents("c") if row.uri == "file:///b"]
        store.remove("c", [old])
        store.refresh("c")
        inside, _ = verify_deleted(folder, store.catalog, old)
        assert inside.level is Level.FAILED
        assert "catalog.db" in inside.message
        purge(store.catalog)
        assert verify_deleted(folder, store.catalog, old)[0].level is Level.OK
        assert not [c for c in verify(folder, store.catalog, None, 0, 1) if c.level is not Level.OK]


def test_what_another_document_says_too_is_no_remainder(folder):
    with open_store(folder) as store:
        put(store, "c", source("file:///a", SECRET), source("file:///b", SECRET, title="The same"))
        store.remove("c", [store.catalog.documents("c")[0].id])
        store.refresh("c")
    assert bad(folder) == {}


def test_a_copy_beside_the_index_is_told_as_a_warning(folder):
    with open_store(folder) as store:
        put(store, "c", source("file:///a", SECRET))
        (folder / "questions.db").write_bytes(b"quoted: " + SECRET.encode())
        store.remove("c", [store.catalog.documents("c")[0].id])
        store.refresh("c")
        inside, outside = verify_deleted(folder, store.catalog, SECRET)
    assert inside.level is Level.OK
    assert outside.level is Level.WARNING and "questions.db" in outside.message


def test_what_cannot_be_sought_is_said(store):
    store.open_collection("c")
    with pytest.raises(NotFound, match="too short"):
        verify_deleted(store.data_dir, store.catalog, "short")


@settings(max_examples=60)
@given(st.text(min_size=WINDOW, max_size=300), st.binary(max_size=200), st.binary(max_size=200))
def test_every_stretch_of_a_text_is_found_where_it_is(text, before, after):
    traces = from_blob(as_blob(traces_of(text)))
    data = before + text.encode(errors="surrogatepass") + after
    found = [*Finder(traces).find(data)]
    assert {trace for _, trace in found} == set(traces)


@settings(max_examples=60)
@given(st.text(min_size=WINDOW, max_size=100), st.binary(max_size=3_000))
def test_nothing_is_found_where_it_is_not(text, data):
    is_there = any(text.encode(errors="surrogatepass")[i : i + WINDOW] in data for i in range(len(text)))
    if not is_there:
        assert [*Finder(traces_of(text)).find(data)] == []


def test_a_document_that_another_collection_has_is_not_remembered_as_gone(folder):
    with open_store(folder) as store:
        for name in ("a", "b"):
            put(store, name, source("file:///x", SECRET))
        store.delete_collection("a")
        with schema.read(store.catalog.engine) as connection:
            assert deleted.all_traces(connection) == {}
        store.delete_collection("b")
        with schema.read(store.catalog.engine) as connection:
            assert deleted.all_traces(connection)
    assert bad(folder) == {}


def test_only_the_last_deletions_are_remembered(folder, monkeypatch):
    monkeypatch.setattr(deleted, "KEPT", 3)
    with open_store(folder) as store:
        for i in range(6):
            put(store, "c", source(f"file:///{i}", f"{i} {SECRET}"))
        ids = [row.id for row in sorted(store.catalog.documents("c"), key=lambda row: row.uri)]
        store.remove("c", ids)
        with schema.read(store.catalog.engine) as connection:
            assert [deleted.of_document(connection, i) is not None for i in ids] == [False] * 3 + [True] * 3


def test_vacuum_after_delete_leaves_no_copy_that_sqlite_made(folder):
    rng = random.Random(3)
    with Store(folder, WordEncoder(), SIZES, vacuum_after_delete=True) as store:
        for _ in range(15):  # rows are moved between pages, and copies of them stay behind
            some = {rng.randrange(30): rng.randrange(10**9) for _ in range(6)}
            put(store, "c", *[source(f"file:///{n}", f"Pier {v} of harbour q{n}v{v}q. " * 9) for n, v in some.items()])
            rows = store.catalog.documents("c")
            store.remove("c", [row.id for row in rng.sample(rows, min(3, len(rows)))])
            store.refresh("c")
        assert [c for c in verify(folder, store.catalog, None, 0, 1) if c.level is not Level.OK] == []


def test_a_keyword_index_with_other_passages_than_the_catalog_is_found(filled):
    index = InvertedIndex(filled / "index" / "1.words")
    assert index.update([(9_999, "", "a word")], [3], index.state)
    assert "lacks 1 passages, has 1 that are gone" in bad(filled)["keyword indexes"]


def test_a_purge_takes_the_words_of_a_deleted_document_out_of_the_keyword_index(filled):
    with open_store(filled) as store:
        put(store, "c", source("file:///y", SECRET))
        store.remove("c", [row.id for row in store.catalog.documents("c") if row.uri == "file:///y"])
        store.refresh("c")
        store.purge()
        assert found(store, "harbour", "c")
    assert InvertedIndex(filled / "index" / "1.words").document_frequencies(["wyvern", "harbour"]) == {"harbour": 11}
    assert bad(filled) == {}


def test_what_a_server_writes_while_the_indexes_are_checked_is_no_fault(filled):
    with open_store(filled) as store, schema.read(store.catalog.engine) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM passages").all()  # what is read is as of now
        with open_store(filled) as server:
            put(server, "c", source("file:///late", "The ferry to the island leaves at noon."))
            server.refresh("c", save=True)
        checks = [files.dense(connection, filled / "index"), words.keyword_indexes(connection, filled / "index")]
    assert [(check.level, check.checked) for check in checks] == [(Level.OK, 23)] * 2, checks


def test_an_older_catalog_beside_a_newer_keyword_index_is_found(filled):
    change(filled, "UPDATE collections SET generation = 1 WHERE name = 'c'")
    with open_store(filled) as store, schema.read(store.catalog.engine) as connection:
        check = words.keyword_indexes(connection, filled / "index")
    assert "an older catalog was put back" in check.message


def test_a_purge_takes_a_former_version_that_holds_a_deleted_document_away(folder):
    secret = source("file:///secret", SECRET)
    kept = source("file:///kept", "The harbour lies in the north.")
    of_document = {one.document.id: one.passages for one in (secret, kept)}
    with open_store(folder) as store:
        put(store, "c", secret, kept)
        store.rebuild("c", lambda document: of_document[document.id])
        store.remove("c", [secret.document.id])
        store.refresh("c")
        store.purge()
        assert found(store, "harbour", "c")
    for index in (folder / "index").glob("*.words"):
        assert InvertedIndex(index).document_frequencies(["wyvern", "harbour"]) == {"harbour": 1}
    assert bad(folder) == {}
