"""Which passages a prompt holds: the most valuable that fit into a budget of tokens."""

from collections.abc import Mapping, Sequence

from core.types import Hit, Passage
from service.answer.sentences import sentences
from service.tokens import estimated_tokens

_TOKENS_AROUND = 24  # key, title, blank line


def pack(hits: Sequence[Hit], values: Mapping[str, float], budget: int) -> list[tuple[Passage, str]]:
    """Passages, best first, each with as much of its text as fits: whole sentences from its beginning.

    ``values`` are measured by passage id, such as the probability that its best sentence answers the question; passages
    without one come after those with one, in the order of the hits. The first passage has one sentence at least.
    """
    ranked = sorted(hits, key=lambda hit: -values.get(hit.passage.id, -1.0))
    packed: list[tuple[Passage, str]] = []
    left = budget
    for hit in ranked:
        text = _fitting(hit.passage.text, left - _TOKENS_AROUND, at_least_one=not packed)
        if text:
            packed.append((hit.passage, text))
            left -= estimated_tokens(text) + _TOKENS_AROUND
    return packed


def _fitting(text: str, budget: int, at_least_one: bool) -> str:
    if estimated_tokens(text) <= budget:
        return text
    ends = [end for _, end in sentences(text)]
    fitting = [end for end in ends if estimated_tokens(text[:end]) <= budget]
    if fitting:
        return text[: fitting[-1]]
    return text[: ends[0]] if at_least_one and ends else ""
