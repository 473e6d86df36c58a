import math

import numpy as np
import torch

from training.losses import choice, margins, unlike, where
from training.rows import Row, collate_units


def row(answerable: bool, tokens: int = 8) -> Row:
    place = 4 if answerable else 0
    return Row(np.arange(tokens, dtype=np.int32), 3, 3, answerable, place, place, False)


def test_the_wrong_ones_of_a_group_weigh_as_much_as_the_right_one() -> None:
    batch = collate_units([[row(True), row(False), row(False)], [row(False)]])
    assert batch["weight"].tolist() == [1, 0.5, 0.5, 1]
    assert batch["group"].tolist() == [0, 0, 0, -1]


def test_only_the_members_of_a_group_compete() -> None:
    batch = collate_units([[row(True), row(False)], [row(True), row(False)], [row(True)]])
    scores = torch.tensor([2.0, 1.0, 0.0, 3.0, -50.0])
    by_hand = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(3))) / 2
    assert math.isclose(choice(scores, batch).item(), by_hand, rel_tol=1e-5)


def test_the_choice_pulls_the_right_one_up_and_the_wrong_one_down() -> None:
    batch = collate_units([[row(False), row(True), row(False)]])
    scores = torch.tensor([1.0, 0.0, -1.0], requires_grad=True)
    choice(scores, batch).backward()
    assert scores.grad is not None
    assert scores.grad[1] < 0 < scores.grad[2] < scores.grad[0]


def test_a_margin_is_over_no_answer_and_grows_with_any_span() -> None:
    span = torch.full((1, 5, 2), -1e4)
    span[0, 0] = torch.tensor([1.0, 2.0])
    span[0, 3] = torch.tensor([5.0, 4.0])
    assert math.isclose(margins(span).item(), 6.0, rel_tol=1e-5)
    span[0, 2, 0] = 5.0
    assert math.isclose(margins(span).item(), 6.0 + math.log(2), rel_tol=1e-5)


def test_no_group_is_no_loss_and_one_whose_answer_is_not_marked_does_not_count() -> None:
    alone = collate_units([[row(True)], [row(False)]])
    assert choice(torch.tensor([1.0, 2.0]), alone).item() == 0
    batch = collate_units([[row(True), row(False)], [row(True), row(False)]])
    without = torch.tensor([True, False, False, False])
    scores = torch.tensor([9.0, -9.0, 0.0, 3.0])
    assert math.isclose(choice(scores, batch, without).item(), math.log(1 + math.exp(3)), rel_tol=1e-5)


def test_an_answer_that_is_not_marked_teaches_no_place() -> None:
    unmarked = Row(np.arange(8, dtype=np.int32), 3, 3, True, -1, -1, False)
    span = torch.randn(2, 8, 2, generator=torch.Generator().manual_seed(1))
    both = where(span, collate_units([[row(True)], [unmarked]]))
    assert math.isclose(both.item(), where(span[:1], collate_units([[row(True)]])).item(), rel_tol=1e-5)


def test_what_a_teacher_says_is_best_matched_by_saying_the_same() -> None:
    batch = collate_units([[row(True), row(False)]])
    generator = torch.Generator().manual_seed(2)
    known = torch.randn(2, 8, 2, generator=generator), torch.randn(2, generator=generator)
    same = unlike(known, known, batch).item()
    for _ in range(5):
        other = tuple(t + 0.3 * torch.randn(t.shape, generator=generator) for t in known)
        assert unlike(other, known, batch).item() > same  # type: ignore[arg-type]
