"""Examples to the network's inputs: token ids, windows around the answer, batches of alike length."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from service.answer.network import QUESTION_TOKENS, TITLE_TOKENS
from training.example import Example

MAX_TOKENS = 224


@dataclass(frozen=True, slots=True)
class Row:
    """One input. The answer starts and ends at tokens between ``first`` and ``last``.

    Exactly there, unless it is ``somewhere`` between. Both are 0 where there is no answer, -1 where it is not marked.
    """

    ids: list[int]
    segments: list[int]
    body: int
    answerable: bool
    first: int
    last: int
    somewhere: bool


Unit = Sequence[Row]
"""A row alone, or a group: one that has an answer, and others that compete with it and have none."""


class Encoder:
    """Tokenises examples as the reader's tokenizer does, with the special tokens of its model."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._cls, self._sep = (tokenizer.encode("").ids)[:2]

    def row(self, example: Example, rng: random.Random) -> Row | None:
        """None where the answer does not fit; a long context becomes a window that holds the answer."""
        question = self._ids(example.question)[:QUESTION_TOKENS]
        title = self._ids(example.title)[:TITLE_TOKENS] if example.title else []
        encoding = self._tokenizer.encode(example.context, add_special_tokens=False)
        room = MAX_TOKENS - len(question) - len(title) - 3
        first = last = -1
        if example.answer is not None:
            a, b = example.answer
            inside = [i for i, (start, end) in enumerate(encoding.offsets) if start < b and end > a]
            if not inside or inside[-1] - inside[0] >= room:
                return None
            first, last = inside[0], inside[-1]
        begin = 0
        if len(encoding.ids) > room:
            if first >= 0:
                begin = rng.randint(max(0, last - room + 1), min(first, len(encoding.ids) - room))
            elif not example.answerable:
                begin = rng.randint(0, len(encoding.ids) - room)
        prefix = [self._cls, *question, self._sep, *title]
        window = encoding.ids[begin : begin + room]
        if not example.answerable:
            first = last = 0
        elif first >= 0:
            first, last = first + len(prefix) - begin, last + len(prefix) - begin
        segments = [0] * (len(question) + 2) + [1] * (len(title) + len(window) + 1)
        ids = [*prefix, *window, self._sep]
        return Row(ids, segments, len(prefix), example.answerable, first, last, example.somewhere)

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def batches(units: Sequence[Unit], tokens: int, rng: random.Random) -> list[list[Unit]]:
    """Units of alike length together, about ``tokens`` tokens a batch, in random order."""
    pool = sorted(((_longest(unit), unit) for unit in units), key=lambda pair: pair[0] + rng.random() * 12)
    found: list[list[Unit]] = []
    current: list[Unit] = []
    rows = 0
    for longest, unit in pool:
        if current and longest * (rows + len(unit)) > tokens:
            found.append(current)
            current, rows = [], 0
        current.append(unit)
        rows += len(unit)
    found.append(current)
    rng.shuffle(found)
    return found


def _longest(unit: Unit) -> int:
    return max(len(row.ids) for row in unit)


def collate_units(units: Sequence[Unit]) -> dict[str, torch.Tensor]:
    """As ``collate``, with ``group``, the number of each row's group (-1 alone), and ``weight``.

    The wrong ones of a group weigh as much as the right one together.
    """
    batch = collate([row for unit in units for row in unit])
    batch["group"] = torch.tensor([i if len(unit) > 1 else -1 for i, unit in enumerate(units) for _ in unit])
    batch["weight"] = torch.tensor(
        [1.0 if row.answerable or len(unit) == 1 else 1 / (len(unit) - 1) for unit in units for row in unit]
    )
    return batch


def collate(rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    """Padded (batch, tokens) inputs; ``starts`` and ``ends``: where the answer may start and end, as masks."""
    length = max(len(r.ids) for r in rows)
    shape = (len(rows), length)
    batch = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "token_type_ids", "attention_mask")}
    allowed, starts, ends = (torch.zeros(shape, dtype=torch.bool) for _ in range(3))
    for i, row in enumerate(rows):
        n = len(row.ids)
        batch["input_ids"][i, :n] = torch.tensor(row.ids)
        batch["token_type_ids"][i, :n] = torch.tensor(row.segments)
        batch["attention_mask"][i, :n] = 1
        # Only the first token ("no answer") and the passage's own tokens may be chosen.
        allowed[i, 0] = True
        allowed[i, row.body : n] = True
        if row.first >= 0:
            starts[i, row.first : (row.last if row.somewhere else row.first) + 1] = True
            ends[i, (row.first if row.somewhere else row.last) : row.last + 1] = True
    answerable = torch.tensor([float(r.answerable) for r in rows])
    return {**batch, "allowed": allowed, "starts": starts, "ends": ends, "answerable": answerable}
