from hypothesis import given
from hypothesis import strategies as st

from evals.sets.sample import sample
from evals.sets.types import Question

QUESTIONS = tuple(Question(str(number), "q", True) for number in range(30))


@given(st.integers(1, 40), st.integers())
def test_a_sample_is_drawn_once_kept_in_order_and_repeated_by_its_seed(limit, seed):
    drawn = sample(QUESTIONS, limit, seed)
    numbers = [int(question.id) for question in drawn]
    assert len(drawn) == min(limit, 30)
    assert numbers == sorted(set(numbers))
    assert sample(QUESTIONS, limit, seed) == drawn


def test_seeds_differ_and_no_limit_is_everything():
    assert sample(QUESTIONS, 5, 0) != sample(QUESTIONS, 5, 1)
    assert sample(QUESTIONS, None, 0) == QUESTIONS
