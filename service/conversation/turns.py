"""How much of a conversation is looked at."""

from collections.abc import Sequence

from core.types import Turn

_BYTES_A_TOKEN = 3
_TURN_BYTES = 12_000


def latest(history: Sequence[Turn], tokens: int) -> tuple[Turn, ...]:
    """The last turns that have at most so many tokens together, the oldest dropped; the last one stays in any case.

    Tokens are estimated as a third of the UTF-8 bytes; the end of a turn beyond 4,000 tokens is not counted, nor read.
    """
    kept: list[Turn] = []
    left = tokens
    for turn in reversed(history):
        left -= len(turn.content[:_TURN_BYTES].encode(errors="replace")[:_TURN_BYTES]) // _BYTES_A_TOKEN + 1
        if kept and left < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
