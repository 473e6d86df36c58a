"""Quality reports of a catalog: what resembles what is worked out once for each state of a collection."""

import pytest
from quality_documents import CHANGED_RULES, GERMAN, RULES
from sqlalchemy import event

from index.encoder_languages import languages_of
from service.quality.as_json import languages_json
from service.quality.findable import only_findable
from service.quality.report import collection_quality, document_quality


@pytest.fixture
def engine(open_engine):
    return open_engine()


@pytest.fixture
def take_in(engine, tmp_path):
    def write(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        engine.ingest([path], "shelf", prune=False)

    return write


def test_signatures_are_read_again_only_when_the_collection_changed(engine, take_in):
    take_in("one.txt", RULES)
    take_in("two.txt", CHANGED_RULES)
    catalog = engine.store.catalog
    read = []

    def note(connection, cursor, statement, *rest):
        if "document_quality.signature" in statement:
            read.append(statement)

    event.listen(catalog.engine, "before_cursor_execute", note)
    ids = [row.id for row in catalog.documents("shelf")]
    for _ in range(2):
        assert len(collection_quality(catalog, "shelf").near_identical) == 1
        assert [len(document_quality(catalog, "shelf", id).alike) for id in ids] == [1, 1]
    assert len(read) == 1
    engine.remove(ids[:1], "shelf")
    assert collection_quality(catalog, "shelf").near_identical == []
    assert document_quality(catalog, "shelf", ids[1]).alike == ()
    take_in("three.txt", RULES if catalog.documents("shelf")[0].uri.endswith("one.txt") else CHANGED_RULES)
    assert len(collection_quality(catalog, "shelf").duplicates) == 1


def test_languages_are_counted_by_passages_with_what_the_encoder_knows(engine, take_in):
    take_in("rules.txt", RULES)
    take_in("biber.txt", GERMAN)
    told = languages_json(collection_quality(engine.store.catalog, "shelf"))
    assert {(one["code"], one["name"]) for one in told} == {("en", "English"), ("de", "German")}
    assert sum(one["passages"] for one in told) == engine.store.catalog.collection("shelf").passages
    known = languages_of(engine.store.encoder.name)
    assert {one["code"]: one["covered"] for one in told} == {code: known and code in known for code in ("en", "de")}


def test_languages_are_told_to_nobody_who_may_not_find_every_document(engine, take_in):
    take_in("rules.txt", RULES)
    take_in("biber.txt", GERMAN)
    report = collection_quality(engine.store.catalog, "shelf")
    ids = {row.id for row in engine.store.catalog.documents("shelf")}
    assert only_findable(report, ids).languages == report.languages != []
    assert only_findable(report, {min(ids)}).languages == []
