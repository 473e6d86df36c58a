"""What the tests of the engines are made of: places of state, passages with given vectors, and what is there."""

import hashlib
import re
import zlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.types import Block, BlockKind, Document, Passage
from index import schema
from index.catalog import Collection, Entry
from index.dense.building import DenseSettings
from index.marks import NO_MARKS, Marks
from index.passages import Embedded, by_key
from index.place import Place
from index.store import Store

SIZES = (120, 200)


@dataclass(frozen=True)
class Precision:
    """How near an engine comes to the definitions.

    ``cosine`` is the greatest error of a cosine, of 1; ``bm25`` the greatest of a BM25 score, of itself, in a
    collection of two hundred passages or more. With ``counts_removed``, statistics go on counting what was removed
    until the engine tidies up by itself, so that scores are only near after removals.
    """

    cosine: float
    bm25: float
    counts_removed: bool = False


PRECISIONS = {
    # tantivy rounds the lengths of texts above 40 terms, and counts the note of its state as one more passage: that
    # weighs most for a term that is in nearly all, whose score is next to nothing.
    "embedded": Precision(cosine=1e-5, bm25=0.1, counts_removed=True),
    "postgres": Precision(cosine=1e-5, bm25=1e-5),
    "milvus": Precision(cosine=1e-5, bm25=1e-5),
}


@dataclass
class EnginePlace:
    """State of one engine, empty at first; stores that are opened on it are as those of several replicas."""

    engine: str
    place: Path | Place
    index_url: str | None = None
    opened: list[Store] = field(default_factory=list)

    @property
    def precision(self) -> Precision:
        return PRECISIONS[self.engine]

    def open(self, dimension: int = 8, dense: DenseSettings | None = None) -> Store:
        """Closed at the end of the test."""
        encoder = WordEncoder(dimension)
        store = Store(self.place, encoder, SIZES, dense, lambda _: encoder, index_url=self.index_url)
        self.opened.append(store)
        return store

    def close(self) -> None:
        for store in self.opened:
            store.close()


class WordEncoder:
    """Unit vectors of hashed words: texts with more words in common are closer."""

    max_tokens = 256

    def __init__(self, dimension: int) -> None:
        self.name = f"words-{dimension}"
        self.dimension = dimension

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def encode_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def prepare(self) -> None:
        """It is."""

    def _vector(self, text: str) -> np.ndarray:
        vector = np.zeros(self.dimension, dtype=np.float32)
        vector[0] = 0.1  # no text is without direction
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def random_vectors(count: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, dimension)))


def document(
    uri: str,
    texts: Sequence[str],
    vectors: np.ndarray,
    *,
    title: str = "",
    language: str = "en",
    marks: Marks = NO_MARKS,
) -> tuple[Entry, bytes]:
    """A document of these passages, with their vectors."""
    text = "\n\n".join(texts)
    original = f"{uri}\n{text}".encode()
    digest = hashlib.sha256(original).hexdigest()
    starts = np.cumsum([0, *(len(one) + 2 for one in texts)]).tolist()
    blocks = tuple(
        Block(BlockKind.PARAGRAPH, start, start + len(one)) for start, one in zip(starts, texts, strict=False)
    )
    made = Document(digest[:32], uri, title, "text/plain", language, text, blocks, {"sha256": digest})
    passages = [
        Passage(f"{made.id}:{b.start}-{b.end}", made.ref, (), None, b.start, b.end, text[b.start : b.end], language)
        for b in blocks
    ]
    hashes = [hashlib.sha256(one.tobytes()).digest() for one in vectors]
    return Entry(made, Embedded(passages, vectors.astype("<f2"), hashes), marks=marks), original


def put(store: Store, collection: str, *documents: tuple[Entry, bytes]) -> list[str]:
    """Gives the documents' ids."""
    store.put(store.open_collection(collection), documents)
    return [entry.document.id for entry, _ in documents]


def put_texts(store: Store, collection: str, uri: str, *texts: str, **more: object) -> str:
    """With the vectors of their words. Gives the document's id."""
    vectors = store.encoder.encode_passages(texts)
    return put(store, collection, document(uri, texts, vectors, **more))[0]


@dataclass(frozen=True)
class Seen:
    """Both searches of a collection in one transaction, and its passages' texts by key."""

    collection: Collection
    dense: object
    words: object
    texts: dict[int, str]


@contextmanager
def seen(store: Store, name: str):
    with schema.read(store.catalog.engine) as connection:
        collection = store.catalog.collection_in(connection, name)
        p = schema.passages.c
        query = schema.passages.select().with_only_columns(p.key).where(p.collection_id == collection.id)
        keys = sorted(connection.execute(query).scalars())
        texts = {key: passage.text for key, passage in by_key(connection, collection.id, keys).items()}
        engine = store.search_engine
        yield Seen(collection, engine.dense(connection, collection), engine.words(collection, connection), texts)


def found(store: Store, question: str, collection: str = "c", **more: object) -> list[str]:
    """The texts of the hits, best first."""
    return [hit.passage.text for hit in store.search(collection, question, 10, **more).hits]
