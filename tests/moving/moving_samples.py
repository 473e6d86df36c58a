"""What is moved in the tests, and whether it is the same in another place."""

import hashlib
import re
import zlib
from collections.abc import Sequence

import numpy as np

from core.errors import EmptyDocument
from core.types import Block, BlockKind, Document, Finding, Passage
from index import schema
from index.catalog import Entry
from index.marks import NO_MARKS, Marks
from index.passages import Embedded, encoder_input, input_hash
from index.store import Store
from index.transfer.format import SIGNATURE_BYTES
from service.moving.documents import known, read_whole
from service.settings import Settings

DIMENSION = 16
WORDS = (
    "harbour lighthouse winter ferry timetable island museum lantern keeper storm signal tide chart pilot rope anchor "
    "granite quarry tunnel bridge toll bicycle bakery market orchard cider barrel festival brass band parade mayor"
).split()


class WordEncoder:
    """Unit vectors of hashed words: texts with more words in common are closer."""

    max_tokens = 256
    name = f"words-{DIMENSION}"
    dimension = DIMENSION

    def encode_passages(self, texts: Sequence[str], progress=None) -> np.ndarray:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)

    def encode_questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def prepare(self) -> None:
        """It is."""

    def _vector(self, text: str) -> np.ndarray:
        vector = np.zeros(DIMENSION, dtype=np.float32)
        vector[0] = 0.1
        for word in re.findall(r"\w+", text.lower()):
            vector[zlib.crc32(word.encode()) % DIMENSION] += 1
        return vector / np.linalg.norm(vector)


def open_at(settings: Settings) -> Store:
    encoder = WordEncoder()
    return Store(settings.place, encoder, (120, 200), None, lambda _: encoder, index_url=settings.index.address)


def document(number: int, version: int = 0, *, texts: Sequence[str] | None = None, marks: Marks = NO_MARKS):
    """A document of a few passages, all different, with a title, pages, sections and findings."""
    chance = np.random.default_rng([number, version])
    if texts is None:
        texts = [f"No {number} {' '.join(chance.choice(WORDS, 12))}." for _ in range(1 + number % 3)]
    uri, text = f"test:{number}", "\n\n".join(texts)
    original = f"{uri} {version} {text}".encode()
    digest = hashlib.sha256(original).hexdigest()
    blocks, start = [], 0
    for i, one in enumerate(texts):
        blocks.append(Block(BlockKind.PARAGRAPH, start, start + len(one), page=i + 1))
        start += len(one) + 2
    metadata = {"sha256": digest, "author": f"Ünal {number}"}
    made = Document(digest[:32], uri, f"Document {number}", "text/plain", "en", text, tuple(blocks), metadata)
    passages = [
        Passage(
            f"{made.id}:{b.start}-{b.end}", made.ref, ("Part", f"§ {i}"), (i + 1, i + 1), b.start, b.end,
            text[b.start : b.end], "de" if i == 1 else "en",
        )
        for i, b in enumerate(blocks)
    ]  # fmt: skip
    inputs = [encoder_input(passage) for passage in passages]
    encoder = WordEncoder()
    embedded = Embedded(
        passages, encoder.encode_passages(inputs).astype("<f2"), [input_hash(encoder.name, one) for one in inputs]
    )
    findings = [Finding("thin", "little text", (1,))] if number % 4 == 0 else []
    signature = hashlib.sha256(original).digest() * (SIGNATURE_BYTES // 32)
    return Entry(made, embedded, findings, signature, marks=marks), original


def fill(store: Store) -> None:
    """Two collections: ``docs`` with everything that there can be, ``other`` with sizes of its own."""
    docs, other = store.open_collection("docs"), store.open_collection("other", (60, 100))
    marks = Marks(frozenset({"finance", "größe"}), {"year": "2022", "region": "EU"}, frozenset({"board"}))
    store.put(docs, [document(n, marks=marks if n % 5 == 0 else NO_MARKS) for n in range(40)])
    store.put(docs, [document(n, 1) for n in (3, 7)])  # of which former versions lead on
    store.remove("docs", [document(11)[0].document.id])
    store.catalog.note_failure(docs, "test:bad", "00" * 32, "reader 1", EmptyDocument("no text", "a hint"))
    store.put(other, [document(n) for n in range(100, 106)])
    for name in ("docs", "other"):
        store.refresh(name)


def content(store: Store, name: str) -> dict[str, object]:
    """All that a catalog knows of a collection, but for keys."""
    collection = store.catalog.collection(name)
    ids = [document_id for document_id, _ in known(store.catalog.engine, collection)]
    with schema.read(store.catalog.engine) as connection:
        wholes = {one.id: one.digest() for one in read_whole(connection, collection, ids)}
        replaced = schema.replaced_documents
        rows = connection.execute(replaced.select().where(replaced.c.collection_id == collection.id)).all()
    return {
        "spec": collection.spec,
        "own sizes": collection.has_own_sizes,
        "counts": (collection.documents, collection.passages),
        "documents": wholes,
        "replaced": sorted((row.document_id, row.uri) for row in rows),
        "failures": store.catalog.failures(collection),
        "originals": {row.id: store.originals.path(row.sha256).read_bytes() for row in store.catalog.documents(name)},
    }


def found(store: Store, name: str, question: str) -> list[str]:
    return [hit.passage.id for hit in store.search(name, question, 10).hits]


def found_alike(one: Store, other: Store, name: str, question: str) -> bool:
    """The same first, and at least eight of the ten: an engine may go on counting terms of what was removed."""
    mine, theirs = found(one, name, question), found(other, name, question)
    return bool(mine) and mine[0] == theirs[0] and len({*mine} & {*theirs}) >= 0.8 * len(mine)
