"""Whatever is added, changed, deleted, built and opened again, dense search finds what comparing all finds."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from index_samples import SIZES, WordEncoder, put, source

from index import schema
from index.dense import index as index_module
from index.dense import manifest
from index.dense.building import DenseSettings
from index.store import Store

WORDS = st.sampled_from("harbour ferry crane quay light gate frost night winter storm".split())
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
DOCUMENT = st.lists(PARAGRAPH, min_size=1, max_size=6, unique=True)
URI = st.integers(0, 7).map(lambda i: f"file:///{i}")


class DenseMachine(RuleBasedStateMachine):
    """Two stores on one folder, as of two processes, and what they should hold: texts by uri."""

    @initialize(exact_up_to=st.sampled_from([0, 6, 50_000]), few=st.sampled_from([0, 3, 500]))
    def open(self, exact_up_to, few):
        self.folder = Path(tempfile.mkdtemp())
        self.dense = DenseSettings(exact_up_to)
        self.model: dict[str, list[str]] = {}
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(index_module, "_FEW", few)
        self.stores = [self._open(), self._open()]
        self.stores[0].open_collection("c")

    def _open(self):
        return Store(self.folder, WordEncoder(dimension=16), SIZES, self.dense)

    @rule(which=st.integers(0, 1), uri=URI, paragraphs=DOCUMENT)
    def put(self, which, uri, paragraphs):
        put(self.stores[which], "c", source(uri, *paragraphs))
        self.model[uri] = paragraphs

    @precondition(lambda self: self.model)
    @rule(which=st.integers(0, 1), data=st.data())
    def remove(self, which, data):
        uri = data.draw(st.sampled_from(sorted(self.model)))
        assert self.stores[which].remove("c", [source(uri, *self.model.pop(uri)).document.id]) == 1

    @rule(which=st.integers(0, 1), save=st.booleans())
    def build(self, which, save):
        self.stores[which].refresh("c", save=save)

    @rule(which=st.integers(0, 1))
    def open_again(self, which):
        self.stores[which].close()
        self.stores[which] = self._open()

    @rule(which=st.integers(0, 1))
    def lose_the_base(self, which):
        for file in (self.folder / "index").glob("*.npy"):
            file.unlink()
        self.stores[which].close()
        self.stores[which] = self._open()

    @rule(which=st.integers(0, 1), question=PARAGRAPH, k=st.integers(1, 12), share=st.sampled_from([None, 0, 0.3, 1]))
    def search(self, which, question, k, share):
        store = self.stores[which]
        vector = store.encoder.encode_questions([question])[0]
        with schema.read(store.catalog.engine) as connection:
            rows = connection.exec_driver_sql("SELECT key, text, vector FROM passages ORDER BY key").all()
            collection = store.catalog.collection_in(connection, "c")
            dense = store.search_engine.snapshots.get(connection, collection)
            assert sorted(text for _, text, _ in rows) == sorted(text for own in self.model.values() for text in own)
            assert len(dense) == len(rows)
            scores = {key: float(np.frombuffer(blob, "<f2").astype(np.float32) @ vector) for key, _, blob in rows}
            allowed = None
            if share is not None:
                own = np.array([key for key in scores if (key * 0.618) % 1 < share], dtype=np.int64)
                # Of another collection, or deleted: not there.
                allowed = np.union1d(own, np.array([10**6, 10**6 + 1]))
                scores = {key: score for key, score in scores.items() if key in own}
            found = dense.search(vector, k, allowed)
        assert [score for _, score in found] == pytest.approx(sorted(scores.values(), reverse=True)[:k], abs=1e-4)
        assert all(score == pytest.approx(scores[key], abs=1e-4) for key, score in found)

    @invariant()
    def there_are_only_the_files_of_one_base(self):
        index = self.folder / "index"
        if index.exists():
            (collection,) = self.stores[0].catalog.collections()
            told = manifest.read(index, collection.id)
            named = {told.file, told.keys_file} if told is not None else set()
            assert {file.name for file in index.glob(f"{collection.id}-*")} <= named

    def teardown(self):
        for store in self.stores:
            store.close()
        self.patched.undo()
        shutil.rmtree(self.folder)


TestDenseMachine = DenseMachine.TestCase
TestDenseMachine.settings = settings(max_examples=25, stateful_step_count=25)
