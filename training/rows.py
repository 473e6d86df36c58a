"""The network's inputs: token ids, windows around the answer, batches of alike length."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

MAX_TOKENS = 224
SPECIALS = 3
"""Tokens of an input beside question, title and passage."""
_SHORTEST_BODY = 60
_SHORTENED = 0.25
"""The share of the inputs whose passage is cut shorter, at either end, than it needs to be."""
_MULTIPLE = 8

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as token ids. ``first`` and ``last`` are the answer's tokens in ``context``, -1 where unmarked."""

    question: Ids
    title: Ids
    context: Ids
    answerable: bool
    first: int
    last: int
    somewhere: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One input. The answer starts and ends at tokens between ``first`` and ``last``.

    Exactly there, unless it is ``somewhere`` between. Both are 0 where there is no answer, -1 where it is not marked.
    """

    ids: Ids
    question: int
    body: int
    answerable: bool
    first: int
    last: int
    somewhere: bool


Unit = Sequence[Row]
"""A row alone, or a group: one that has an answer, and others that compete with it and have none."""


def room_beside(question: Ids, title: Ids) -> int:
    """Tokens of the passage that fit."""
    return MAX_TOKENS - len(question) - len(title) - SPECIALS


def row_of(tokens: Tokens, ends: tuple[int, int], rng: random.Random | None) -> Row:
    """A window of the passage that holds the answer; without ``rng`` as much as fits. ``ends``: [CLS] and [SEP]."""
    cls, sep = ends
    room = room_beside(tokens.question, tokens.title)
    first, last = tokens.first, tokens.last
    if rng is not None and rng.random() < _SHORTENED:
        room = rng.randint(min(room, max(_SHORTEST_BODY, last - first + 1)), room)
    begin = 0
    if len(tokens.context) > room:
        draw = rng or random.Random(0)
        if first >= 0:
            begin = draw.randint(max(0, last - room + 1), min(first, len(tokens.context) - room))
        elif not tokens.answerable:
            begin = draw.randint(0, len(tokens.context) - room)
    window = tokens.context[begin : begin + room]
    question = len(tokens.question) + 2
    body = question + len(tokens.title)
    if not tokens.answerable:
        first = last = 0
    elif first >= 0:
        first, last = first + body - begin, last + body - begin
    parts = ([cls], tokens.question, [sep], tokens.title, window, [sep])
    ids = np.concatenate([np.asarray(part, dtype=np.int32) for part in parts])
    return Row(ids, question, body, tokens.answerable, first, last, tokens.somewhere)


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
    shape = (len(rows), -(-length // _MULTIPLE) * _MULTIPLE)
    batch = {name: np.zeros(shape, dtype=np.int64) for name in ("input_ids", "token_type_ids", "attention_mask")}
    allowed, starts, ends = (np.zeros(shape, dtype=bool) for _ in range(3))
    for i, row in enumerate(rows):
        n = len(row.ids)
        batch["input_ids"][i, :n] = row.ids
        batch["token_type_ids"][i, row.question : n] = 1
        batch["attention_mask"][i, :n] = 1
        # Only the first token ("no answer") and the passage's own tokens may be chosen.
        allowed[i, 0] = True
        allowed[i, row.body : n] = True
        if row.first >= 0:
            starts[i, row.first : (row.last if row.somewhere else row.first) + 1] = True
            ends[i, (row.first if row.somewhere else row.last) : row.last + 1] = True
    answerable = np.array([r.answerable for r in rows], dtype=np.float32)
    arrays = {**batch, "allowed": allowed, "starts": starts, "ends": ends, "answerable": answerable}
    return {name: torch.from_numpy(value) for name, value in arrays.items()}
