"""Examples to token ids, as the reader's tokenizer makes them."""

import numpy as np
from tokenizers import Tokenizer

from service.answer.network import QUESTION_TOKENS, TITLE_TOKENS
from training.example import Example
from training.rows import Ids, Row, Tokens, room_beside, row_of


class Encoder:
    """Tokenises examples; each text once, since passages and questions come back in many examples."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        cls, sep = tokenizer.encode("").ids
        self.ends: tuple[int, int] = (cls, sep)
        self._known: dict[str, tuple[Ids, list[tuple[int, int]]]] = {}

    def tokens(self, example: Example) -> Tokens | None:
        """None where the answer does not fit."""
        question = self._encoded(example.question)[0][:QUESTION_TOKENS]
        title = self._encoded(example.title)[0][:TITLE_TOKENS]
        context, offsets = self._encoded(example.context)
        first = last = -1
        if example.answer is not None:
            a, b = example.answer
            inside = [i for i, (start, end) in enumerate(offsets) if start < b and end > a]
            if not inside or inside[-1] - inside[0] >= room_beside(question, title):
                return None
            first, last = inside[0], inside[-1]
        return Tokens(question, title, context, example.answerable, first, last, example.somewhere)

    def row(self, example: Example) -> Row | None:
        """As much of the passage as fits; None where the answer does not."""
        tokens = self.tokens(example)
        return None if tokens is None else row_of(tokens, self.ends, None)

    def _encoded(self, text: str) -> tuple[Ids, list[tuple[int, int]]]:
        found = self._known.get(text)
        if found is None:
            encoding = self._tokenizer.encode(text, add_special_tokens=False)
            found = self._known[text] = (np.array(encoding.ids, dtype=np.int32), encoding.offsets)
        return found
