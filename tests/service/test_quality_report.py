"""Quality reports of a catalog: what resembles what is worked out once for each state of a collection."""

import pytest
from quality_documents import CHANGED_RULES, RULES
from sqlalchemy import event

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
