"""The catalog, the encoder, dense and keyword search as one: documents in, hits out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Connection

from core.errors import IndexBroken, NotReady
from core.types import Document, Hit, HitSource, Passage
from index import building, passages, schema
from index.analyse import question_phrases, question_stems
from index.arrange import Ranked, fold_duplicates, join_neighbours, spread
from index.catalog import Catalog, Collection, Entry, IndexSpec, check_spec
from index.dense.building import DenseSettings
from index.dense.index import DenseIndex
from index.encode import Encoder
from index.filters.allowed import AllowedKeys
from index.filters.filter import Filter
from index.fuse import fuse_ranks, fuse_scores
from index.inverted import InvertedIndex, Wanted
from index.keyword_indexes import KeywordIndexes
from index.originals import Originals
from index.other_encoders import OtherEncoders
from index.passages import Embedded, encoder_input, input_hash
from index.purge import empty_log, purge
from index.snapshots import Snapshots
from index.tidy import tidy

_EMBEDDED_AT_ONCE = 8_192  # passages: enough to sort by length, and the inputs of a huge document stay few

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """``candidates`` are taken from each of dense and keyword search.

    They are fused by normalised scores, where ``dense_weight`` in [0, 1] is the dense score's share, or by reciprocal
    ranks. Of one document come ``per_document`` hits at most, as long as others fill the list; 0 is any number. What
    says the same is folded into one hit, and passages that follow each other become one, if asked for.
    """

    candidates: int = 50
    dense_weight: float = 0.5
    fusion: Literal["scores", "ranks"] = "scores"
    per_document: int = 0
    fold_duplicates: bool = True
    join_neighbours: bool = False


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

    def __init__(
        self,
        data_dir: Path,
        encoder: Encoder,
        split_sizes: tuple[int, int],
        dense: DenseSettings | None = None,
        open_encoder: Callable[[str], Encoder] | None = None,
        *,
        secure_delete: bool = True,
        vacuum_after_delete: bool = False,
    ) -> None:
        """``split_sizes`` are the target and maximum tokens that passages are made with, where the collection has none
        of its own. ``open_encoder`` gives that of a collection that was built with another one. With
        ``secure_delete``, what is deleted or replaced is overwritten in the catalog's files; SQLite may have left a
        copy of it where it moved a row, which ``vacuum_after_delete`` is for. Raises IndexBroken.
        """
        self.data_dir = data_dir
        self.catalog = Catalog(data_dir / "catalog.db", secure_delete=secure_delete)
        self._empties_log = secure_delete
        self._vacuums = vacuum_after_delete
        self._has_forgotten = False
        self._is_log_unknown = True  # it may hold what was deleted by a process that was killed
        self.originals = Originals(data_dir / "originals")
        self.encoder = encoder
        self._split_sizes = split_sizes
        self._encoders = OtherEncoders(open_encoder)
        self._allowed = AllowedKeys()
        self._keywords = KeywordIndexes(self.catalog.engine, data_dir / "index")
        self._snapshots = Snapshots(
            self.catalog.engine, data_dir / "index", dense or DenseSettings(), self._keywords.generation
        )

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.catalog.close()

    def save(self) -> None:
        """Write every dense index that changed and is small, so that the next start need not bring it up to date."""
        for collection in self.catalog.collections():
            self._snapshots.save(collection)

    def build_in_background(self) -> None:
        """From now on, dense indexes are built in threads of their own while the former ones serve: for a server."""
        self._snapshots.background = True

    def open_collection(self, name: str, own_sizes: tuple[int, int] | None = None) -> Collection:
        """For writing: made where there is none, with sizes of its own if they are given. Raises IndexMismatch,
        InvalidRequest.

        The encoder is loaded for a new one only: to find that nothing changed takes no model.
        """
        found = self.catalog.find(name)
        if found is None:
            spec = IndexSpec(self.encoder.name, self.encoder.dimension, *(own_sizes or self._split_sizes))
            return self.catalog.ensure_collection(name, spec, own_sizes=own_sizes is not None)
        if (found.spec.encoder, found.sizes) != (self.encoder.name, self.sizes_of(found)):
            check_spec(found, self.spec_of(found))
        return found

    @property
    def split_sizes(self) -> tuple[int, int]:
        """Of collections that have none of their own."""
        return self._split_sizes

    def sizes_of(self, collection: Collection) -> tuple[int, int]:
        """The sizes that its passages are to have: its own, or the setting's."""
        return collection.sizes if collection.has_own_sizes else self._split_sizes

    def spec_of(self, collection: Collection) -> IndexSpec:
        """What is written into the collection is made with this. Loads the encoder."""
        return IndexSpec(self.encoder.name, self.encoder.dimension, *self.sizes_of(collection))

    def put(self, collection: Collection, entries: Sequence[tuple[Entry, bytes]]) -> None:
        """Write documents with their original bytes; those before at their uris answer until all of these are in.

        Raises Conflict, IndexMismatch.
        """
        check_spec(collection, self.spec_of(collection))  # the dimension too, which opening a collection leaves unasked

        def keep() -> None:
            for entry, original in entries:
                self.originals.put(entry.document.metadata["sha256"], original)

        keep()  # before the transaction, which is to be short; within it, what another process discarded meanwhile
        replaced = self.catalog.put(collection, [entry for entry, _ in entries], keep)
        self._keywords.refresh(collection)
        self.discard_originals(set(replaced) - {entry.document.metadata["sha256"] for entry, _ in entries})

    def remove(self, name: str, document_ids: Sequence[str]) -> int:
        """Forget documents: no later search finds them. Gives how many there were."""
        digests = self.catalog.remove(name, document_ids)
        self.discard_originals(digests)
        return len(digests)

    def delete_collection(self, name: str) -> None:
        """With what is hidden beside it. Raises NotFound."""
        collection = self.catalog.collection(name)
        hidden = self.catalog.beside(collection)
        for one in (collection, *hidden):
            self.drop(one)

    def drop(self, collection: Collection) -> None:
        """Forget a collection, which may be a hidden one."""
        self.discard_originals(self.catalog.delete_collection(collection))
        self._snapshots.drop(collection)
        self._keywords.drop(collection)
        self._clean_up()

    def rebuild(
        self,
        name: str,
        split: Callable[[Document], Sequence[Passage]],
        told: building.Told | None = None,
        sizes: tuple[int, int] | None = None,
    ) -> int:
        """See building.rebuild."""
        return building.rebuild(self, name, split, told, sizes)

    def tidy(self) -> None:
        """Remove the files that a process that was killed has left, if there are such."""
        try:
            tidy(self.data_dir, self.catalog, self.originals)
        except NotReady as error:  # somebody writes for long: the next start does it
            log.warning("not_tidied", message=error.message)

    def refresh(self, name: str, *, save: bool = False) -> None:
        """Bring the dense and the keyword index up to date now, so that the next question need not."""
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
        self.refresh_dense(collection, save=save)
        self._clean_up()

    def purge(self) -> None:
        """Write everything anew without what was deleted. Takes time and room; writers wait. Raises IndexBroken."""
        building.sweep(self)  # former versions that cannot be put back have it too
        purge(self.catalog)
        for collection in self.catalog.collections():
            for one in (collection, *self.catalog.beside(collection)):
                self._keywords.rebuild(one)
                self._snapshots.save(one)

    def _clean_up(self) -> None:
        """What was deleted is to leave the files too, as far as the settings ask for it."""
        has_forgotten, is_log_unknown = self._has_forgotten, self._is_log_unknown
        self._has_forgotten = self._is_log_unknown = False  # before: what is deleted meanwhile is for the next time
        is_clean = False
        try:
            is_clean = self._is_cleaned_up(has_forgotten, is_log_unknown)
        finally:
            if not is_clean and has_forgotten:
                self._has_forgotten = True
            if not is_clean and is_log_unknown:
                self._is_log_unknown = True

    def _is_cleaned_up(self, has_forgotten: bool, is_log_unknown: bool) -> bool:
        if self._vacuums and has_forgotten:
            try:
                purge(self.catalog)
            except IndexBroken as error:  # what was asked for is done; the next deletion tries again
                log.warning("not_vacuumed", message=error.message)
                return False
            return True
        return self._empties_log and (has_forgotten or is_log_unknown) and empty_log(self.catalog)

    def refresh_dense(self, collection: Collection, *, save: bool = False) -> None:
        """Bring both indexes up to date, of a collection that may be a hidden one."""
        self._keywords.refresh(collection)
        self._snapshots.refresh(collection)
        if save:
            self._snapshots.save(collection)

    def search(
        self,
        name: str,
        question: str,
        top_k: int,
        settings: SearchSettings | None = None,
        where: Filter | None = None,
        labels: frozenset[str] | None = None,
        also: tuple[str, float] | None = None,
    ) -> SearchResult:
        """Dense and keyword search, fused, among the passages of documents that ``where`` is true of.

        ``also`` is another form of the question, and its share of the dense score.

        A document with access labels is found only with one of them in ``labels``; None is for who may find all.
        Raises NotFound (no such collection), IndexMismatch.
        """
        settings = settings or SearchSettings()
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
            vector = _question_vector(self._encoder_of(collection), question, also)
            vectors = self._snapshots.get(connection, collection)
            candidates = max(settings.candidates, top_k)
            allowed = self._allowed.get(connection, collection, where, labels)
            dense = dict(vectors.search(vector, candidates, allowed))
            index, languages = self.words(collection), self._keywords.languages(connection, collection)
            stems = question_stems(question, languages)
            all_stems = list(dict.fromkeys(stem for own in stems.values() for stem in own))
            asked = Wanted(all_stems, question_phrases(question, languages))
            words = dict(index.search(asked, candidates, allowed))
            _complete(dense, list(words), vectors, vector)
            # What was deleted since the snapshot was made is not there any more, and takes no part.
            found = passages.by_key(connection, [*dense])
            dense, words = ({key: score for key, score in one.items() if key in found} for one in (dense, words))
            ranked = [
                Ranked(Hit(found[key], score, HitSource.FUSED), dense[key])
                for key, score in _fused(dense, words, settings)
            ]
            if settings.fold_duplicates:
                ranked = fold_duplicates(ranked)
            ranked = spread(ranked, top_k, settings.per_document)
            if settings.join_neighbours:
                ranked = join_neighbours(ranked, partial(passages.between, connection, collection.id))
            counts = index.document_frequencies(all_stems)
            frequencies = {
                term: most for term, own in stems.items() if (most := max(counts.get(stem, 0) for stem in own))
            }
        return SearchResult(
            hits=tuple(one.hit for one in ranked),
            cosines=tuple(one.cosine for one in ranked),
            frequencies=frequencies,
            passages=len(vectors),
        )

    def dense(self, connection: Connection, collection: Collection) -> DenseIndex:
        """The collection's vectors, as of the connection's state of the catalog."""
        return self._snapshots.get(connection, collection)

    def words(self, collection: Collection) -> InvertedIndex:
        """The collection's inverted index; passages that were deleted since may be in it."""
        return self._keywords.get(collection)

    def _encoder_of(self, collection: Collection) -> Encoder:
        """Raises IndexMismatch where the collection was built with another one that cannot be had."""
        own, spec = self.encoder, collection.spec
        if (spec.encoder, spec.dimension) == (own.name, own.dimension):
            return own
        return self._encoders.get(collection, own.name)

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

    def discard_originals(self, digests: Iterable[str]) -> None:
        """Those of the hashes from whose bytes no document of any collection was made."""
        if wanted := set(digests):
            self._has_forgotten = True
            try:
                self.catalog.discard_unreferenced(wanted, self.originals.discard)
            except NotReady as error:  # what was asked for is done; only files that nothing leads to are left
                log.warning("originals_left", count=len(wanted), message=error.message)


def _fused(dense: dict[int, float], words: dict[int, float], settings: SearchSettings) -> list[tuple[int, float]]:
    if settings.fusion == "scores":
        return fuse_scores(dense, words, settings.dense_weight)
    return fuse_ranks([sorted(side, key=lambda key: (-side[key], key)) for side in (dense, words) if side])


def _question_vector(encoder: Encoder, question: str, also: tuple[str, float] | None) -> NDArray[np.float32]:
    """Of length 1. A cosine with the sum of two vectors is the sum of their cosines, but for its length."""
    other, share = also or ("", 0.0)
    vectors = encoder.encode_questions([question, other] if share else [question])
    if not share:
        vector: NDArray[np.float32] = vectors[0]
        return vector
    vector = np.asarray((1 - share) * vectors[0] + share * vectors[1], dtype=np.float32)
    vector /= np.linalg.norm(vector) or 1.0
    return vector


def _complete(dense: dict[int, float], keys: list[int], index: DenseIndex, vector: np.ndarray) -> None:
    """Give the finds of keyword search their true cosines, so that both sides are compared on all candidates."""
    missing = [key for key in keys if key not in dense]
    dense.update(zip(missing, index.scores(vector, missing), strict=True))
