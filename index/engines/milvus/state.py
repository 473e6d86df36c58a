"""How far a collection is in Milvus."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from index.analyse import ANALYSIS, order_of
from index.collections import IndexSpec
from index.engines.milvus.terms import Counts


@dataclass(frozen=True, slots=True)
class State:
    """What of a collection is in Milvus: all of it as of ``generation`` (-1: it was never whole), its passages up to
    ``last_key``.

    What was removed up to ``removals`` counts no more, up to ``deleted`` it is gone from Milvus, and up to ``due``,
    ``due_age_s`` seconds after that was set, it may go. Where ``writing`` is above ``last_key``, a write was begun that
    may have left passages up to there. Lengths are of all texts, and of all titles and section paths together, in
    terms. ``age_s`` is how long ago all of this was written.

    The terms are made as ``analysis`` says, but for those of passages with keys above ``rewording``, where that is not
    -1, which may be made in another way; up to ``worded`` they are counted as they should be.
    """

    encoder: str
    dimension: int
    analysis: str
    generation: int = -1
    removals: int = -1
    deleted: int = -1
    due: int = -1
    last_key: int = 0
    writing: int = 0
    passages: int = 0
    body_length: int = 0
    context_length: int = 0
    rewording: int = -1
    worded: int = -1
    due_age_s: float = 0.0
    age_s: float = 0.0

    @classmethod
    def empty(cls, spec: IndexSpec) -> Self:
        """Of a collection of which nothing is in Milvus."""
        return cls(spec.encoder, spec.dimension, ANALYSIS)

    def fits(self, spec: IndexSpec) -> bool:
        """Whether its vectors are the encoder's."""
        return (self.encoder, self.dimension) == (spec.encoder, spec.dimension)

    @property
    def is_older(self) -> bool:
        """Whether its terms are made as an earlier version did. Those of a later one are left to that."""
        return order_of(self.analysis) < order_of(ANALYSIS)

    def outdated(self) -> Self:
        """All its terms are to be made anew, as this process makes them."""
        return replace(self, analysis=ANALYSIS, rewording=0, worded=-1)

    def mixed(self) -> Self:
        """Before this process adds to it: a later version, if it is one's, makes that anew."""
        is_new = self.analysis != ANALYSIS and self.rewording < 0
        return replace(self, rewording=self.last_key) if is_new else self

    @property
    def is_reworded(self) -> bool:
        """Whether there are terms that this process is to make anew."""
        return self.rewording >= 0 and self.analysis == ANALYSIS

    def is_due(self, after_s: float) -> bool:
        """Whether something that was removed is to be deleted from Milvus, so long after it was."""
        return self.due > self.deleted and self.due_age_s >= after_s

    def counted(self, passages: int, body_length: int, context_length: int) -> Self:
        """With so much more, or less."""
        return replace(
            self,
            passages=self.passages + passages,
            body_length=self.body_length + body_length,
            context_length=self.context_length + context_length,
        )

    def counts(self, frequencies: Mapping[int, int] | None = None) -> Counts:
        """As BM25 wants them."""
        return Counts(self.passages, self.body_length, self.context_length, frequencies or {})
