"""A tiny encoder, and documents of one passage a paragraph."""

import hashlib
import re
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.types import Block, BlockKind, Document, Passage
from index.catalog import Entry
from index.encode import Vectors
from index.place import Place
from index.store import Store

SIZES = (120, 200)


class WordEncoder:
    """Unit vectors of hashed words: texts with more words in common are closer. Keeps what it was given."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = 256
        self.passages: list[str] = []
        self._lock = threading.Lock()

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        with self._lock:
            self.passages += texts
        if progress is not None and texts:
            progress(len(texts))
        return self._vectors(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def prepare(self) -> None:
        """It is."""

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            row[0] = 0.1  # no text is without direction
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32(f"{self.name} {word}".encode()) % self.dimension] += 1
            row /= np.linalg.norm(row)
        return out


@dataclass(frozen=True)
class Source:
    """A document with its passages and the bytes it was made from, ready to be put."""

    document: Document
    passages: list[Passage]
    original: bytes


def source(uri: str, *paragraphs: str, title: str = "Title", section: tuple[str, ...] = ()) -> Source:
    text = "\n\n".join(paragraphs)
    original = text.encode()
    digest = hashlib.sha256(original).hexdigest()
    blocks, start = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(BlockKind.PARAGRAPH, start, start + len(paragraph), page=len(blocks) + 1))
        start += len(paragraph) + 2
    identity = hashlib.sha256(f"{uri}\0{digest}".encode()).hexdigest()[:32]
    document = Document(identity, uri, title, "text/plain", "en", text, tuple(blocks), {"sha256": digest})
    passages = [
        Passage(
            f"{identity}:{b.start}-{b.end}", document.ref, section, (b.page or 0, b.page or 0), b.start, b.end,
            text[b.start : b.end], "en",
        )
        for b in blocks
    ]  # fmt: skip
    return Source(document, passages, original)


def put(store: Store, collection: str, *sources: Source) -> None:
    for one in sources:
        (made,) = store.embed([one.passages])
        store.put(store.open_collection(collection), [(Entry(one.document, made), one.original)])


def found(store: Store, question: str, collection: str = "c", top_k: int = 10) -> list[str]:
    """The texts of the hits, best first."""
    return [hit.passage.text for hit in store.search(collection, question, top_k).hits]


class Near(float):
    """Equal to what is as good as equal: sums in single precision depend on their order."""

    within = 1e-5

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(float(self) - float(other)) < self.within

    __hash__ = None  # type: ignore[assignment]


class Alike(Near):
    """A score with BM25 in it, which counts removed passages until their part of the index is merged with others."""

    within = 0.02


def results(store: Store, question: str, collection: str = "c") -> list[tuple[str, Alike, Near]]:
    """(passage id, score, cosine) of the hits: what must not depend on how the index came about."""
    result = store.search(collection, question, 20)
    return [
        (hit.passage.id, Alike(hit.score), Near(cosine))
        for hit, cosine in zip(result.hits, result.cosines, strict=True)
    ]


def open_store(folder: Path | Place, encoder: WordEncoder | None = None, sizes: tuple[int, int] = SIZES) -> Store:
    return Store(folder, encoder or WordEncoder(), sizes)
