"""Footnoted's own store filled with a corpus, and how long its searches and changes take."""

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bench.index_scale.corpus import Corpus, nearest
from core.types import Block, BlockKind, Document, DocumentRef, Passage
from index import changes, schema
from index.analyse import question_terms
from index.catalog import Entry
from index.encode import SentenceTransformerEncoder, Vectors
from index.filters.parse import parse
from index.inverted import Wanted
from index.marks import marks_of
from index.passages import Embedded, encoder_input, input_hash
from index.search import SearchSettings
from index.store import Store

COLLECTION = "scale"
_TOGETHER = 20  # documents of one write
_RARE = {100: "percent", 10_000: "rare"}
"""Tags by how many documents there are to one that has it."""


class KnownQuestions(SentenceTransformerEncoder):
    """Gives the vectors of questions that were embedded before."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__()
        self._known = dict(zip(corpus.questions, corpus.question_vectors, strict=True))

    @property
    def dimension(self) -> int:
        return len(next(iter(self._known.values())))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._known[text] for text in texts])


def open_store(folder: Path, corpus: Corpus) -> Store:
    return Store(folder, KnownQuestions(corpus), (120, 200))


def fill(store: Store, corpus: Corpus, passages: int) -> None:
    collection = store.open_collection(COLLECTION)
    waiting: list[tuple[Entry, bytes]] = []
    for number, (texts, vectors) in enumerate(corpus.documents(passages)):
        waiting.append(entry(store, number, texts, vectors))
        if len(waiting) == _TOGETHER:
            store.put(collection, waiting)
            waiting = []
    store.put(collection, waiting)
    store.refresh(COLLECTION, save=True)


def entry(store: Store, number: int, texts: Sequence[str], vectors: Vectors) -> tuple[Entry, bytes]:
    """A document of these passages."""
    text = "\n\n".join(texts)
    digest = hashlib.sha256(f"{number} {text}".encode()).hexdigest()
    ref = DocumentRef(digest[:32], f"scale:{number}", f"Document {number}", "text/plain")
    blocks, made, start = [], [], 0
    for piece in texts:
        end = start + len(piece)
        blocks.append(Block(BlockKind.PARAGRAPH, start, end, None, None))
        made.append(Passage(f"{ref.id}:{start}-{end}", ref, (), None, start, end, piece))
        start = end + 2
    document = Document(ref.id, ref.uri, ref.title, ref.media_type, "en", text, tuple(blocks), {"sha256": digest})
    hashes = [input_hash(store.encoder.name, encoder_input(passage)) for passage in made]
    tags = [tag for every, tag in _RARE.items() if number % every == 0]
    return Entry(document, Embedded(made, vectors.astype("<f2"), hashes), marks=marks_of(tags)), digest.encode()


def searches(store: Store, corpus: Corpus) -> dict[str, Callable[[int], object]]:
    """By name, each takes the number of a question."""
    hybrid = SearchSettings()

    def dense(i: int) -> object:
        with schema.read(store.catalog.engine) as connection:
            collection = store.catalog.collection_in(connection, COLLECTION)
            return store.dense(connection, collection).search(corpus.question_vectors[i], 10)

    def keyword(i: int) -> object:
        with schema.read(store.catalog.engine) as connection:
            collection = store.catalog.collection_in(connection, COLLECTION)
            return store.words(collection).search(Wanted(question_terms(corpus.questions[i])), 10)

    def filtered(tag: str) -> Callable[[int], object]:
        where = parse({"tag": tag})
        return lambda i: store.search(COLLECTION, corpus.questions[i], 10, hybrid, where)

    return {
        "dense": dense,
        "keyword": keyword,
        "hybrid": lambda i: store.search(COLLECTION, corpus.questions[i], 10, hybrid),
        "hybrid, filter 1 %": filtered("percent"),
        "hybrid, filter 0.01 %": filtered("rare"),
    }


def timed(search: Callable[[int], object], count: int, clients: int) -> list[float]:
    """Milliseconds of each of so many searches, by so many threads at a time."""

    def one(i: int) -> float:
        began = time.perf_counter()
        search(i)
        return (time.perf_counter() - began) * 1_000

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(count)))


def recall(store: Store, corpus: Corpus, count: int) -> float:
    """Of the ten nearest passages by comparing all, how many the dense index finds; over the first questions."""
    asked = corpus.question_vectors[:count]
    with schema.read(store.catalog.engine) as connection:
        collection = store.catalog.collection_in(connection, COLLECTION)
        found = [[key for key, _ in store.dense(connection, collection).search(v, 10)] for v in asked]
        extent = changes.extent(connection, collection.id)
    assert extent is not None
    passages = changes.stream(store.catalog.engine, collection.id, extent.last_key, asked.shape[1])
    best = nearest(asked, passages, 10)
    return float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, best.tolist(), strict=True)]))
