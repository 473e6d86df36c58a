import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.rows import MAX_TOKENS, Tokens, collate, row_of

SPECIALS = (0, 2)


def tokens(question: int, title: int, context: int, first: int = -1, last: int = -1, answerable: bool = True) -> Tokens:
    """The context counts up from 1,000, so that a token tells its place."""
    body = np.arange(1_000, 1_000 + context, dtype=np.int32)
    ask, name = np.full(question, 7, dtype=np.int32), np.full(title, 8, dtype=np.int32)
    return Tokens(ask, name, body, answerable, first, last, False)


@given(st.integers(1, 48), st.integers(0, 24), st.integers(1, 600), st.data(), st.integers(0, 99))
def test_a_window_holds_the_whole_answer_and_fits(
    question: int, title: int, context: int, data: st.DataObject, seed: int
) -> None:
    first = data.draw(st.integers(0, context - 1))
    last = data.draw(st.integers(first, min(context - 1, first + 100)))
    row = row_of(tokens(question, title, context, first, last), SPECIALS, random.Random(seed))
    assert len(row.ids) <= MAX_TOKENS
    assert row.ids[row.first : row.last + 1].tolist() == list(range(1_000 + first, 1_000 + last + 1))
    assert row.ids[row.body] >= 1_000


def test_without_chance_a_passage_that_fits_stays_whole() -> None:
    row = row_of(tokens(5, 3, 50, 10, 12), SPECIALS, None)
    assert row.ids.tolist() == [0, *[7] * 5, 2, *[8] * 3, *range(1_000, 1_050), 2]
    assert (row.question, row.body, row.first, row.last) == (7, 10, 20, 22)


def test_where_the_answer_may_be_is_marked_and_padding_is_masked() -> None:
    batch = collate([row_of(tokens(5, 3, 50, 10, 12), SPECIALS, None), row_of(tokens(2, 0, 9), SPECIALS, None)])
    assert batch["input_ids"].shape == (2, 64)
    assert batch["attention_mask"].sum(dim=1).tolist() == [61, 14]
    assert batch["starts"][0].nonzero().flatten().tolist() == [20]
    assert batch["ends"][0].nonzero().flatten().tolist() == [22]
    assert not batch["starts"][1].any()  # it answers, where is not marked
    assert batch["allowed"][0].nonzero().flatten().tolist() == [0, *range(10, 61)]
    assert batch["token_type_ids"][1].tolist() == [0] * 4 + [1] * 10 + [0] * 50


def test_a_passage_without_the_answer_points_at_the_first_token() -> None:
    batch = collate([row_of(tokens(5, 3, 50, answerable=False), SPECIALS, None)])
    assert batch["starts"][0].nonzero().flatten().tolist() == [0]
    assert batch["answerable"].tolist() == [0.0]
