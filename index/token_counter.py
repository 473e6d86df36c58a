"""What of an encoder splitting needs: its tokenizer alone, small enough to be sent to another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_AT_ONCE = 1024  # texts, so that the encodings of a huge document are not all in memory


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts as the encoder named so does, which cuts off inputs beyond ``max_tokens``. Several threads may use it.

    ``tokenizer`` is one of the library ``tokenizers``, which neither cuts nor pads.
    """

    name: str
    max_tokens: int
    tokenizer: Any

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""
        counts: list[int] = []
        for start in range(0, len(texts), _AT_ONCE):
            batch = list(texts[start : start + _AT_ONCE])
            counts += [len(e) for e in self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)]
        return counts
