"""The straight line that takes an encoder's cosines of two questions to all-MiniLM-L6-v2's (index/cosine_scale.py).

``python -m bench.question_scale CAST_JSONL [--encoder NAME]``; CAST_JSONL as for bench.conversation, of which half 0 is
used. Each question is paired with an earlier one of its conversation and with one of another. The line gives them the
mean and the spread that all-MiniLM-L6-v2 gives them; how well each encoder tells the two kinds apart (AUROC) is told.
"""

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.conversation import read_cast
from index.encode import SentenceTransformerEncoder

Pair = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cast", type=Path)
    parser.add_argument("--encoder", default="multilingual")
    options = parser.parse_args()
    together, apart = pairs(options.cast)
    means, spreads = [], []
    for name in ("english", options.encoder):
        encoder = SentenceTransformerEncoder(name)
        same, other = cosines(encoder, together), cosines(encoder, apart)
        means.append(np.concatenate([same, other]).mean())
        spreads.append(np.concatenate([same, other]).std())
        auroc = (same[:, None] > other[None]).mean()
        print(f"{name}: together {same.mean():.3f}, apart {other.mean():.3f}, AUROC {auroc:.3f}")
    slope = spreads[0] / spreads[1]
    print(f"slope {slope:.2f}, shift {means[0] - slope * means[1]:.2f}")


def pairs(cast: Path) -> tuple[list[Pair], list[Pair]]:
    """Of one conversation, and of two."""
    drawn = random.Random(0)
    topics: dict[str, list[str]] = defaultdict(list)
    for turn in read_cast(cast, 0):
        topics[turn.topic].append(turn.question)
    together, apart = [], []
    for topic, questions in topics.items():
        others = [other for other in topics if other != topic]
        for i in range(1, len(questions)):
            together.append((questions[i], questions[drawn.randrange(i)]))
            apart.append((questions[i], drawn.choice(topics[drawn.choice(others)])))
    return together, apart


def cosines(encoder: SentenceTransformerEncoder, given: list[Pair]) -> NDArray[np.float32]:
    first, second = (encoder.encode_questions([pair[i] for pair in given]) for i in (0, 1))
    found: NDArray[np.float32] = (first * second).sum(axis=1)
    return found


if __name__ == "__main__":
    main()
