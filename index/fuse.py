"""Two ranked lists to one: by normalised scores, or by reciprocal ranks."""

from collections.abc import Mapping, Sequence

RRF_K = 60


def fuse_scores(
    dense: Mapping[int, float], keyword: Mapping[int, float], dense_weight: float
) -> list[tuple[int, float]]:
    """Weighted sum of normalised scores, best first; scores in [0, 1].

    Cosines are stretched between the lowest and the highest of the candidates, BM25 between 0 and the highest
    (its zero means something: no word in common). Bruch et al., "An Analysis of Fusion Functions for Hybrid
    Retrieval" (TOIS 2023). ``dense`` should hold a score for every key of ``keyword``.
    """
    low, high = (min(dense.values()), max(dense.values())) if dense else (0.0, 0.0)
    spread = (high - low) or 1.0
    best = max(keyword.values(), default=0.0) or 1.0
    fused = {
        key: dense_weight * ((dense[key] - low) / spread if key in dense else 0.0)
        + (1 - dense_weight) * max(0.0, keyword.get(key, 0.0)) / best
        for key in dense.keys() | keyword.keys()
    }
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))


def fuse_ranks(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion (Cormack et al., SIGIR 2009), best first; 1 is the first of every ranking."""
    first = len(rankings) / (RRF_K + 1)
    fused: dict[int, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            fused[key] = fused.get(key, 0.0) + 1 / (RRF_K + rank) / first
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))
