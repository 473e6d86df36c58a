"""Collections in Milvus, and whether it has what it should have."""

import numpy as np
from engine_samples import found, put_texts, seen

from index.engines.milvus.engine import MilvusEngine
from index.inverted import Wanted

TEXTS = [f"quay number{number} of the harbour" for number in range(12)]


def fill(store, name="c", texts=TEXTS):
    return [put_texts(store, name, f"file:///{number}", text) for number, text in enumerate(texts)]


def check_whole(store, texts=TEXTS, name="c"):
    """All is found, counted and in Milvus once."""
    assert sorted(found(store, "harbour", name))[:10] == sorted(texts)[:10] or len(texts) > 10
    with seen(store, name) as one:
        assert sorted(one.texts.values()) == sorted(texts)
        assert len(one.dense) == len(texts)
        hits = one.dense.search(np.ones(8, dtype=np.float32), 100)
        assert sorted(one.texts[key] for key, _ in hits) == sorted(texts)
        hits = one.words.search(Wanted(["harbour"]), 100)
        assert sorted(one.texts[key] for key, _ in hits) == sorted(texts)
        assert one.words.document_frequencies(["harbour", "gone"]) == {"harbour": len(texts)}
        missing, strays = engine_of(store).differences(one.collection)
    assert (missing.tolist(), strays.tolist()) == ([], [])


def held(store, name="c"):
    """All that Milvus has of a collection, also what waits to be deleted."""
    engine = engine_of(store)
    return engine._milvus.keys(engine._counts.home(8), store.catalog.collection(name).id)


def engine_of(store) -> MilvusEngine:
    engine = store.search_engine
    assert isinstance(engine, MilvusEngine)
    return engine
