"""Which documents of a collection resemble each other, remembered until the collection changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from core.types import Signed
from index import quality, schema
from index.catalog import Catalog
from ingest.near_groups import groups
from ingest.near_identical import NEAR, matrix, similarity
from ingest.signature import text_digest

_MOST_ALIKE = 20
_COLLECTIONS_KEPT = 4  # a thousand documents take about a megabyte


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that resembles another. ``similarity`` is 1 where the texts are equal and only there."""

    document: Signed
    similarity: float


class Resemblance:
    """Of one generation of a collection; grouped when that is first asked for."""

    def __init__(self, signed: Sequence[Signed]) -> None:
        """``signed`` has the oldest first."""
        self._signed = signed
        self._rows = matrix([one.signature for one in signed])
        self._row_of = {one.id: row for row, one in enumerate(signed)}

    def alike(self, document_id: str) -> tuple[Alike, ...]:
        """Those that resemble a document most, the most similar first."""
        own = self._row_of.get(document_id)
        if own is None:
            return ()
        shares = similarity(self._signed[own].signature, self._rows)
        near = [
            Alike(self._signed[row], float(shares[row])) for row in (shares >= NEAR).nonzero()[0].tolist() if row != own
        ]
        return tuple(sorted(near, key=lambda one: -one.similarity)[:_MOST_ALIKE])

    @property
    def duplicates(self) -> list[tuple[Alike, ...]]:
        """Groups of equal text."""
        return [tuple(Alike(one, 1.0) for one in copies) for copies in self._by_text if len(copies) > 1]

    @cached_property
    def near_identical(self) -> list[tuple[Alike, ...]]:
        """Groups of different texts, each text by its oldest document."""
        oldest = [copies[0] for copies in self._by_text]
        return [
            tuple(Alike(oldest[row], share) for row, share in zip(group.rows, group.similarities, strict=True))
            for group in groups(matrix([one.signature for one in oldest]))
        ]

    @cached_property
    def _by_text(self) -> list[list[Signed]]:
        by_text: dict[bytes, list[Signed]] = defaultdict(list)
        for one in self._signed:
            by_text[text_digest(one.signature)].append(one)
        return [*by_text.values()]


@lru_cache(_COLLECTIONS_KEPT)
def resemblance_of(catalog: Catalog, collection_id: int, generation: int) -> Resemblance:
    """``generation`` is that of the collection now: a change of its documents is a new one."""
    with schema.read(catalog.engine) as connection:
        return Resemblance(quality.signatures(connection, collection_id))
