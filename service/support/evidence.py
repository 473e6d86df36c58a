"""Which sentences of the passages say most of a sentence, the rare words counting more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.support.analysed import Analysed, Read, Sentence
from service.support.rarity import rarity

_MOST = 4
_LONGEST_STRETCH = 3
_LEAST_GAIN = 0.04
# Words that another passage must add: a subject from here and a statement from there prove nothing.
_LEAST_ELSEWHERE = 3
_SAME_PASSAGE = 0.03  # what a sentence of a passage that is used already may lack against one of another


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence with the passage (its place in the sequence) and what it adds to those chosen before."""

    passage: int
    sentence: int
    gain: float


def weights(said: Analysed) -> dict[str, float]:
    """The content words of a sentence, each with its surprisal; all its words if none is."""
    content = {w.stem: rarity(w.text) for w in said.words if w.content}
    return content or {w.stem: rarity(w.text) for w in said.words}


def choose(weighed: Mapping[str, float], reads: Sequence[Read]) -> list[Chosen]:
    """Greedily, up to four sentences: each adds most of what is not yet covered. Empty if none has a word in common.

    A passage after the first has to add three words.
    """
    total = sum(weighed.values())
    left = dict(weighed)
    chosen: list[Chosen] = []
    taken: set[tuple[int, int]] = set()
    while total and left and len(chosen) < _MOST:
        used = {c.passage for c in chosen}
        best: tuple[float, Chosen] | None = None
        for i, read in enumerate(reads):
            for j, sentence in enumerate(read.sentences):
                if (i, j) in taken:
                    continue
                added = [weight for stem, weight in left.items() if stem in sentence.said.stems]
                if used and i not in used and len(added) < _LEAST_ELSEWHERE:
                    continue
                gain = sum(added) / total
                # Of two that cover as much, the shorter says less else.
                value = gain + (_SAME_PASSAGE if i in used else 0.0) - 1e-4 * min(100, len(sentence.said.words))
                if gain >= _LEAST_GAIN and (best is None or value > best[0]):
                    best = (value, Chosen(i, j, gain))
        if best is None:
            break
        chosen.append(best[1])
        taken.add((best[1].passage, best[1].sentence))
        for stem in reads[best[1].passage].sentences[best[1].sentence].said.stems:
            left.pop(stem, None)
    return chosen


def stretch(read: Read, numbers: Sequence[int]) -> tuple[Sentence, ...]:
    """The sentences of a passage from the first of ``numbers`` to as many others of them as lie within three."""
    low = high = numbers[0]
    for number in numbers[1:]:
        if max(high, number) - min(low, number) < _LONGEST_STRETCH:
            low, high = min(low, number), max(high, number)
    return read.sentences[low : high + 1]
