"""The catalog, the encoder, dense and keyword search as one: documents in, hits out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import structlog

from core.errors import IndexMismatch, NotReady
from core.types import Document, Hit, HitSource, Passage
from index import keyword, passages, schema
from index.analyse import question_terms
from index.catalog import Catalog, Collection, Entry, IndexSpec, check_spec
from index.dense import DenseIndex
from index.encode import Encoder
from index.fuse import fuse_scores
from index.originals import Originals
from index.passages import Embedded, encoder_input, input_hash
from index.snapshots import Snapshots

_EMBEDDED_AT_ONCE = 8_192  # passages: enough to sort by length, and the inputs of a huge document stay few

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """``candidates`` are taken from each of dense and keyword search; ``dense_weight`` is in [0, 1]."""

    candidates: int = 50
    dense_weight: float = 0.5


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and what a reader wants to know beside them.

    ``cosines`` holds the dense score of each hit. ``frequencies`` maps each search term of the question
    to the number of passages that have it, of ``passages`` in all.
    """

    hits: tuple[Hit, ...]
    cosines: tuple[float, ...]
    frequencies: dict[str, int]
    passages: int


class Store:
    """All state of a data folder. Reading is safe from several threads, and beside other processes."""

    def __init__(self, data_dir: Path, encoder: Encoder, split_sizes: tuple[int, int]) -> None:
        """``split_sizes`` are the target and maximum tokens that passages are made with. Raises IndexBroken."""
        self.catalog = Catalog(data_dir / "catalog.db")
        self.originals = Originals(data_dir / "originals")
        self.encoder = encoder
        self._split_sizes = split_sizes
        self._snapshots = Snapshots(data_dir / "index")

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.catalog.close()

    def save(self) -> None:
        """Write every dense index that changed, so that the next start need not bring it up to date."""
        for collection in self.catalog.collections():
            self._snapshots.save(collection, force=True)

    @property
    def spec(self) -> IndexSpec:
        """What a collection made now is marked with. Loads the encoder."""
        return IndexSpec(self.encoder.name, self.encoder.dimension, *self._split_sizes)

    def open_collection(self, name: str) -> Collection:
        """For writing: made where there is none. Raises IndexMismatch, InvalidRequest.

        The encoder is loaded for a new one only: to find that nothing changed takes no model.
        """
        found = self.catalog.find(name)
        if found is not None and (found.spec.encoder, *found.sizes) == (self.encoder.name, *self._split_sizes):
            return found
        return self.catalog.ensure_collection(name, self.spec)

    def put(self, collection: Collection, entries: Sequence[tuple[Entry, bytes]]) -> None:
        """Write documents with their original bytes; those before at their uris answer until all of these are in.

        Raises Conflict, IndexMismatch.
        """
        check_spec(collection, self.spec)  # the dimension too, which opening a collection leaves unasked

        def keep() -> None:
            for entry, original in entries:
                self.originals.put(entry.document.metadata["sha256"], original)

        keep()  # before the transaction, which is to be short; within it, what another process discarded meanwhile
        replaced = self.catalog.put(collection, [entry for entry, _ in entries], keep)
        self._discard(set(replaced) - {entry.document.metadata["sha256"] for entry, _ in entries})

    def remove(self, name: str, document_ids: Sequence[str]) -> int:
        """Forget documents: no later search finds them. Gives how many there were."""
        digests = self.catalog.remove(name, document_ids)
        self._discard(digests)
        return len(digests)

    def delete_collection(self, name: str) -> None:
        """Raises NotFound."""
        collection = self.catalog.collection(name)
        self._discard(self.catalog.delete_collection(name))
        self._snapshots.drop(collection)

    def rebuild(
        self,
        name: str,
        split: Callable[[Document], Sequence[Passage]],
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """Make all passages and vectors anew with the present encoder and sizes; gives the number of documents.

        Everything is written in one transaction at the end: until then the old passages answer.
        Raises NotFound, Conflict (the collection changed meanwhile).
        """
        old = self.catalog.collection(name)
        documents = [self.catalog.document(name, row.id) for row in self.catalog.documents(name)]
        made = {}
        for document in documents:
            made[document.id] = self.embed([split(document)], progress)[0]
        self.catalog.replace_passages(old, self.spec, made)
        self.refresh(name, save=True)
        return len(made)

    def refresh(self, name: str, *, save: bool = False) -> None:
        """Bring the dense index up to date now, so that the next question need not."""
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
            self._snapshots.get(connection, collection, wait=True)
        self._snapshots.save(collection, force=save)

    def search(self, name: str, question: str, top_k: int, settings: SearchSettings | None = None) -> SearchResult:
        """Dense and keyword search, fused. Raises NotFound (no such collection), IndexMismatch."""
        settings = settings or SearchSettings()
        vector = self.encoder.encode_questions([question])[0]
        wanted = question_terms(question)
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
            self._check_encoder(collection)
            snapshot = self._snapshots.get(connection, collection)
            candidates = max(settings.candidates, top_k)
            dense = dict(snapshot.dense.search(vector, candidates))
            words = dict(keyword.search(connection, collection.id, wanted, candidates))
            _complete(dense, list(words), snapshot.dense, vector)
            # What was deleted since the snapshot was made is not there any more, and takes no part.
            found = passages.by_key(connection, [*dense])
            dense = {key: score for key, score in dense.items() if key in found}
            fused = fuse_scores(dense, words, settings.dense_weight)[:top_k]
            frequencies = keyword.document_frequencies(connection, collection.id, wanted)
        return SearchResult(
            hits=tuple(Hit(found[key], score, HitSource.FUSED) for key, score in fused),
            cosines=tuple(dense[key] for key, _ in fused),
            frequencies=frequencies,
            passages=len(snapshot.dense),
        )

    def _check_encoder(self, collection: Collection) -> None:
        if collection.spec.encoder != self.encoder.name or collection.spec.dimension != self.encoder.dimension:
            raise IndexMismatch(
                f"The collection {collection.name!r} was built with the encoder {collection.spec.encoder!r}; "
                f"the setting says {self.encoder.name!r}.",
                f"Set encoder.model back, or run `footnoted reindex --collection {collection.name}`.",
            )

    def embed(
        self, documents: Sequence[Sequence[Passage]], progress: Callable[[int], None] | None = None
    ) -> list[Embedded]:
        """Vectors for the passages of some documents, across which inputs of like length share a batch.

        Only for those whose input no collection holds already. ``progress`` is called with the number of passages
        done since the last call; what it raises ends the work.
        """
        flat = [passage for passages in documents for passage in passages]
        hashes: list[bytes] = []
        vectors = np.empty((len(flat), self.encoder.dimension), dtype="<f2")
        for start in range(0, len(flat), _EMBEDDED_AT_ONCE):
            some = [encoder_input(passage) for passage in flat[start : start + _EMBEDDED_AT_ONCE]]
            hashes += self._embed(some, vectors[start : start + len(some)], progress)
        made, start = [], 0
        for own in documents:
            end = start + len(own)
            made.append(Embedded(own, vectors[start:end], hashes[start:end]))
            start = end
        return made

    def _embed(
        self, inputs: Sequence[str], out: passages.Halves, progress: Callable[[int], None] | None
    ) -> list[bytes]:
        hashes = [input_hash(self.encoder.name, text) for text in inputs]
        with schema.read(self.catalog.engine) as connection:
            known = passages.vectors_by_input(connection, hashes)
        first = {digest: i for i, digest in reversed([*enumerate(hashes)])}
        missing = [i for digest, i in first.items() if digest not in known]
        if progress is not None and len(missing) < len(inputs):
            progress(len(inputs) - len(missing))
        new = self.encoder.encode_passages([inputs[i] for i in missing], progress)
        known |= {hashes[i]: vector for i, vector in zip(missing, new.astype("<f2"), strict=True)}
        for i, digest in enumerate(hashes):
            out[i] = known[digest]
        return hashes

    def _discard(self, digests: Iterable[str]) -> None:
        if wanted := set(digests):
            try:
                self.catalog.discard_unreferenced(wanted, self.originals.discard)
            except NotReady as error:  # what was asked for is done; only files that nothing leads to are left
                log.warning("originals_left", count=len(wanted), message=error.message)


def _complete(dense: dict[int, float], keys: list[int], index: DenseIndex, vector: np.ndarray) -> None:
    """Give the finds of keyword search their true cosines, so that both sides are compared on all candidates."""
    missing = [key for key in keys if key not in dense]
    dense.update(zip(missing, index.scores(vector, missing), strict=True))
