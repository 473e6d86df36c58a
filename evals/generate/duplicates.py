"""Questions that ask the same thing, or that more than one place answers."""

from collections import Counter
from collections.abc import Iterable

from evals.generate.types import Draft
from evals.metrics.answer_words import normalised, words

ALIKE = 0.8


class Seen:
    """The questions so far. Alike: four fifths of the words of both together are common (Jaccard 1901)."""

    def __init__(self) -> None:
        self._word_sets: list[frozenset[str]] = []

    def is_new(self, question: str) -> bool:
        """Whether nothing alike was asked before; the question is remembered if so."""
        asked = frozenset(words(question))
        if any(len(asked & other) >= ALIKE * len(asked | other) for other in self._word_sets):
            return False
        self._word_sets.append(asked)
        return True


def ambiguous(drafts: Iterable[Draft]) -> frozenset[str]:
    """Questions (normalised) that were made of several sentences: "What does it provide?" has as many answers."""
    made = {(normalised(draft.text), draft.sentence.quote) for draft in drafts}
    counts = Counter(question for question, _ in made)
    return frozenset(question for question, count in counts.items() if count > 1)
