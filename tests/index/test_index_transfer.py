"""A collection as a file: whole, alike, and nothing written of a file that is damaged or forged."""

import hashlib
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import WordEncoder, open_store, put, results, source
from sqlalchemy import select

from core.errors import Conflict, FootnotedError, IndexMismatch, InvalidRequest, NotFound
from core.types import Finding
from index import marks, marks_tables, quality, schema
from index.transfer.format import SIGNATURE_BYTES
from index.transfer.importing import import_file
from index.transfer.writing import export

HARBOUR = source("file:///1", "the harbour opened", "the quay was built", section=("Ports", "North"))
CRANE = source("file:///2", "the crane lifts ⚓ 𝄞")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """An exported collection, its folder beside it."""
    base = tmp_path_factory.mktemp("exported")
    with open_store(base / "data") as store:
        put(store, "c", source("file:///1", "the old harbour"), HARBOUR, CRANE)
        with schema.write(store.catalog.engine) as connection:
            (key, *_) = connection.execute(select(schema.documents.c.key)).scalars()
            quality.put(connection, key, [Finding("few", "Few words.", (1,))], bytes(SIGNATURE_BYTES))
            marks_tables.put(connection, key, marks.marks_of(["finance"], {"year": 2022}, ["staff"]))
        made = export(store, "c", base / "c.zip")
    assert (made.documents, made.passages, made.originals_missing) == (2, 3, 0)
    return base / "c.zip"


def rows(store, name):
    """All that the catalog has of a collection, by names that are alike everywhere."""
    collection = store.catalog.collection(name)
    with schema.read(store.catalog.engine) as connection:
        d, p = schema.documents.c, schema.passages.c
        columns = [c for c in d if c.name not in ("key", "collection_id")]
        documents = connection.execute(select(*columns).where(d.collection_id == collection.id).order_by(d.uri)).all()
        found = select(p.start, p.end, p.section, p.first_page, p.last_page, p.text, p.vector)
        passages = connection.execute(found.where(p.collection_id == collection.id).order_by(p.text)).all()
        keys = connection.execute(select(d.key).where(d.collection_id == collection.id).order_by(d.uri)).scalars()
        marked = [known.as_json() for known in marks_tables.by_document(connection, list(keys)).values()]
        r = schema.replaced_documents.c
        replaced = connection.execute(select(r.document_id, r.uri).where(r.collection_id == collection.id)).all()
        return documents, passages, marked, replaced, quality.of_collection(connection, collection.id)


def test_what_is_imported_is_what_was_exported(file, folder):
    with open_store(file.parent / "data") as old, open_store(folder) as store:
        made = import_file(store, file)
        assert (made.collection, made.documents, made.passages) == ("c", 2, 3)
        assert rows(store, "c") == rows(old, "c")
        assert rows(store, "c")[2][0]["labels"] == ["staff"]
        assert results(store, "the harbour") == results(old, "the harbour")
        for one in (HARBOUR, CRANE):
            assert store.originals.path(one.document.metadata["sha256"]).read_bytes() == one.original
        import_file(store, file, "again")
        assert rows(store, "again") == rows(old, "c")


def test_the_languages_of_passages_are_imported_and_a_file_without_them_too(folder, tmp_path):
    german = replace(CRANE.passages[0], language="de")
    with open_store(folder) as old:
        put(old, "c", HARBOUR, replace(CRANE, passages=[german]))
        file = tmp_path / "c.zip"
        export(old, "c", file)
    former = repacked(
        file,
        tmp_path / "former.zip",
        lambda name, data: in_manifest(version=1)(name, data.replace(b', "language": "de"}', b"}")),
    )
    with open_store(tmp_path / "new") as store:
        import_file(store, file)
        import_file(store, former, "former")
        told = {name: {h.passage.language for h in store.search(name, "crane", 9).hits} for name in ("c", "former")}
        assert told == {"c": {"en", "de"}, "former": {"en"}}


def test_nothing_is_embedded_unless_it_is_asked_for(file, folder):
    encoder = WordEncoder()
    with open_store(folder, encoder) as store:
        import_file(store, file)
        assert encoder.passages == []
        import_file(store, file, "anew", embed=True)
        assert len(encoder.passages) == 3


def test_a_file_of_another_encoder_is_embedded_anew_or_refused(file, folder):
    with open_store(folder, WordEncoder("other", dimension=32)) as store:
        with pytest.raises(IndexMismatch, match="'words'"):
            import_file(store, file)
        assert store.catalog.collections() == []
        import_file(store, file, embed=True)
        assert store.search("c", "crane lifts", 1).hits[0].passage.text == CRANE.passages[0].text


def test_vectors_of_a_file_serve_its_collection_only(file, folder):
    encoder = WordEncoder()
    with open_store(folder, encoder) as store:
        import_file(store, file)
        put(store, "mine", CRANE)
        assert len(encoder.passages) == 1


def test_a_name_that_is_taken_or_cannot_be_one_is_refused(file, folder):
    with open_store(folder) as store:
        import_file(store, file)
        with pytest.raises(Conflict):
            import_file(store, file)
        with pytest.raises(InvalidRequest):
            import_file(store, file, "../up")
        with pytest.raises(NotFound):
            export(store, "nothing", folder / "x.zip")
        assert not (folder / "x.zip").exists()
        assert [c.name for c in store.catalog.collections()] == ["c"]


def repacked(file, target, change):
    """The archive with its parts as ``change`` gives them (None leaves one out), with sums that fit."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    changed = {name: change(name, data) for name, data in parts.items()}
    parts = {name: data for name, data in changed.items() if data is not None}
    for name, data in parts.items():
        manifest["parts"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest = change("manifest.json", json.dumps(manifest).encode())
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {**parts, "manifest.json": manifest}.items():
            archive.writestr(name, data)
    return target


def in_record(**values):
    """Changes the first document's line."""

    def change(name, data):
        if not name.startswith("documents/"):
            return data
        first, *rest = data.splitlines()
        record = {**json.loads(first), **values}
        return b"\n".join([json.dumps(record).encode(), *rest]) + b"\n"

    return change


def in_manifest(**values):
    return lambda name, data: json.dumps({**json.loads(data), **values}).encode() if name == "manifest.json" else data


FORGED = {
    "a passage beyond the text": in_record(passages=[{"start": 0, "end": 999, "section": [], "pages": None}]),
    "passages that overlap": in_record(
        passages=[
            {"start": 0, "end": 9, "section": [], "pages": None},
            {"start": 3, "end": 12, "section": [], "pages": None},
        ]
    ),
    "a block of no kind": in_record(blocks=[{"kind": "x", "start": 0, "end": 1, "page": None, "level": None}]),
    "a path for a hash": in_record(sha256="../../../../etc/passwd"),
    "another hash": in_record(sha256="0" * 64, metadata={"sha256": "0" * 64}),
    "a header in a media type": in_record(media_type="text/plain\r\nSet-Cookie: a=b"),
    "a field that is not known": in_record(owner="me"),
    "half a character": lambda name, data: data.replace(b'"title": "Title"', b'"title": "\\ud800"'),
    "two documents of one address": lambda name, data: data.replace(b"file:///1", b"file:///2"),
    "a tag that is none": in_record(tags=["\n"]),
    "a vector that is not of length one": lambda name, data: bytes(len(data)) if name.endswith(".f16") else data,
    "a vector of nothing": lambda name, data: (
        np.full(len(data) // 2, np.nan, dtype="<f2").tobytes() if name.endswith(".f16") else data
    ),
    "vectors that end early": lambda name, data: data[:-2] if name.endswith(".f16") else data,
    "more vectors": lambda name, data: data * 2 if name.endswith(".f16") else data,
    "other originals": lambda name, data: data[::-1] if name.startswith("originals/") else data,
    "no originals": lambda name, data: None if name.startswith("originals/") else data,
    "more documents than told": in_manifest(documents=1),
    "a later version": in_manifest(version=3),
    "another format": in_manifest(format="x"),
    "a name that cannot be one": in_manifest(name=".hidden"),
    "no manifest": lambda name, data: b"" if name == "manifest.json" else data,
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_file_is_refused_and_nothing_is_written(file, folder, tmp_path, what):
    forged = repacked(file, tmp_path / "forged.zip", FORGED[what])
    assert_refused(folder, forged)


def assert_refused(folder, forged):
    with open_store(folder) as store:
        with pytest.raises(InvalidRequest) as caught:
            import_file(store, forged)
        assert caught.value.hint
        with schema.read(store.catalog.engine) as connection:
            for table in (schema.collections, schema.documents, schema.passages):
                assert connection.execute(select(table)).all() == []


def test_a_file_with_another_file_in_it_is_refused(file, folder, tmp_path):
    forged = tmp_path / "forged.zip"
    forged.write_bytes(file.read_bytes())
    with zipfile.ZipFile(forged, "a") as archive:
        archive.writestr("../outside.txt", "x")
    assert_refused(folder, forged)


def test_something_else_than_a_collection_is_refused(folder, tmp_path):
    for name, content in (("a.zip", b""), ("b.zip", b"PK\x05\x06" + bytes(18)), ("c.zip", b"Hello " * 100)):
        (tmp_path / name).write_bytes(content)
        assert_refused(folder, tmp_path / name)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_refused_or_harmless(file, tmp_path_factory, data):
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    base = tmp_path_factory.mktemp("damaged")
    (base / "c.zip").write_bytes(content[: data.draw(st.integers(len(content) - 40, len(content)))])
    with open_store(base / "data") as store, open_store(file.parent / "data") as old:
        try:
            made = import_file(store, base / "c.zip")
        except FootnotedError:
            assert store.catalog.collections() == []
        else:  # a byte that nothing depends on, such as a time of the archive's
            assert rows(store, made.collection) == rows(old, "c")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=0, max_size=4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was(tmp_path_factory, texts):
    base = tmp_path_factory.mktemp("any")
    with open_store(base / "a") as old, open_store(base / "b") as store:
        old.open_collection("c")
        put(old, "c", *(source(f"file:///{i}", *paragraphs) for i, paragraphs in enumerate(texts)))
        export(old, "c", base / "c.zip")
        import_file(store, base / "c.zip")
        assert rows(store, "c") == rows(old, "c")
