"""Dense and keyword search of a question, fused, and what becomes of the ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from core.stages import stage
from core.types import Hit, HitSource
from index import passages
from index.analyse import question_phrases, question_stems
from index.arrange import Ranked, fold_duplicates, join_neighbours, spread
from index.catalog import Collection
from index.cosine_scale import comparable
from index.dense.keys import Keys
from index.encode import Encoder
from index.engines.engine import DenseSearch, KeywordSearch
from index.fuse import fuse_ranks, fuse_scores
from index.inverted import Wanted


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """``candidates`` are taken from each of dense and keyword search.

    They are fused by normalised scores, where ``dense_weight`` in [0, 1] is the dense score's share, or by reciprocal
    ranks. Of one document come ``per_document`` hits at most, as long as others fill the list; 0 is any number. What
    says the same, word for word, is folded into one hit; passages that follow each other become one if asked for.
    """

    candidates: int = 50
    dense_weight: float = 0.6
    fusion: Literal["scores", "ranks"] = "scores"
    per_document: int = 0
    fold_duplicates: bool = True
    join_neighbours: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and what a reader wants to know beside them.

    ``cosines`` holds the dense score of each hit, on the scale of ``index.cosine_scale``. ``frequencies`` maps each
    search term of the question to the number of passages that have it, of ``passages`` in all.
    """

    hits: tuple[Hit, ...]
    cosines: tuple[float, ...]
    frequencies: dict[str, int]
    passages: int


@dataclass(frozen=True, slots=True)
class Searched:
    """A collection as a search sees it: both indexes, the languages of its documents, and the keys of the passages
    that may be found, sorted; None for all.
    """

    collection: Collection
    dense: DenseSearch
    keyword: KeywordSearch
    languages: Sequence[str]
    allowed: Keys | None


def search(
    connection: Connection,
    searched: Searched,
    question: str,
    vector: NDArray[np.float32],
    top_k: int,
    settings: SearchSettings,
) -> SearchResult:
    """The ``top_k`` best passages, looked up in the transaction of the connection; ``vector`` is the question's."""
    candidates = max(settings.candidates, top_k)
    with stage("dense"):
        dense = dict(searched.dense.search(vector, candidates, searched.allowed))
    stems = question_stems(question, searched.languages)
    all_stems = list(dict.fromkeys(stem for own in stems.values() for stem in own))
    asked = wanted(stems, question_phrases(question, searched.languages))
    with stage("keyword"):
        words = dict(searched.keyword.search(asked, candidates, searched.allowed))
    _complete(dense, list(words), searched.dense, vector)
    # What was deleted since the snapshot was made is not there any more, and takes no part.
    found = passages.by_key(connection, searched.collection.id, [*dense])
    dense, words = ({key: score for key, score in one.items() if key in found} for one in (dense, words))
    with stage("fuse"):
        fused = _fused(dense, words, settings)
    ranked = [Ranked(Hit(found[key], score, HitSource.FUSED), dense[key]) for key, score in fused]
    if settings.fold_duplicates:
        ranked = fold_duplicates(ranked)
    ranked = spread(ranked, top_k, settings.per_document)
    if settings.join_neighbours:
        ranked = join_neighbours(ranked, partial(passages.between, connection, searched.collection.id))
    counts = searched.keyword.document_frequencies(all_stems)
    return SearchResult(
        hits=tuple(one.hit for one in ranked),
        cosines=comparable([one.cosine for one in ranked], searched.collection.spec.encoder),
        frequencies={term: most for term, own in stems.items() if (most := max(counts.get(stem, 0) for stem in own))},
        passages=len(searched.dense),
    )


def wanted(stems: Mapping[str, Sequence[str]], phrases: Sequence[Sequence[str]]) -> Wanted:
    """What keyword search is to look for, of what ``question_stems`` and ``question_phrases`` gave."""
    same = [own[0] for own in stems.values() if len(own) == 1]
    return Wanted(same, phrases, [own for own in stems.values() if len(own) > 1])


@stage("encode")
def question_vector(encoder: Encoder, question: str, also: tuple[str, float] | None) -> NDArray[np.float32]:
    """Of length 1; ``also`` is another form of the question, and its share.

    A cosine with the sum of two vectors is the sum of their cosines, but for its length.
    """
    other, share = also or ("", 0.0)
    vectors = encoder.encode_questions([question, other] if share else [question])
    if not share:
        vector: NDArray[np.float32] = vectors[0]
        return vector
    vector = np.asarray((1 - share) * vectors[0] + share * vectors[1], dtype=np.float32)
    vector /= np.linalg.norm(vector) or 1.0
    return vector


def _fused(dense: dict[int, float], words: dict[int, float], settings: SearchSettings) -> list[tuple[int, float]]:
    if settings.fusion == "scores":
        return fuse_scores(dense, words, settings.dense_weight)
    return fuse_ranks([sorted(side, key=lambda key: (-side[key], key)) for side in (dense, words) if side])


def _complete(dense: dict[int, float], keys: list[int], index: DenseSearch, vector: np.ndarray) -> None:
    """Give the finds of keyword search their true cosines, so that both sides are compared on all candidates."""
    missing = [key for key in keys if key not in dense]
    dense.update(zip(missing, index.scores(vector, missing), strict=True))
