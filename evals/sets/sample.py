"""Takes fewer questions of a set: the same ones for the same seed, in the set's order."""

import random

from evals.sets.types import Question


def sample(questions: tuple[Question, ...], limit: int | None, seed: int) -> tuple[Question, ...]:
    """``limit`` questions drawn without replacement; all of them when there are no more than that."""
    if limit is None or limit >= len(questions):
        return questions
    drawn = random.Random(seed).sample(range(len(questions)), limit)
    return tuple(questions[number] for number in sorted(drawn))
