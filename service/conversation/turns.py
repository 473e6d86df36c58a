"""How much of a conversation is looked at."""

from collections.abc import Sequence

from core.types import Turn
from service.tokens import estimated_tokens

_MOST_OF_A_TURN = 4_000


def latest(history: Sequence[Turn], tokens: int) -> tuple[Turn, ...]:
    """The last turns that have at most so many tokens together, the oldest dropped; the last one stays in any case.

    Tokens are estimated; of one turn, at most 4,000 count.
    """
    kept: list[Turn] = []
    left = tokens
    for turn in reversed(history):
        left -= min(_MOST_OF_A_TURN, estimated_tokens(turn.content))
        if kept and left < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
