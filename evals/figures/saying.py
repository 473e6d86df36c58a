"""Are the words of the answer right? Over the answerable questions that have reference answers."""

from collections.abc import Callable, Iterator

from evals.figures.types import Metric
from evals.rows import Row


def _of_reference(
    score: Callable[[Row], float | None], *, answered_only: bool = False
) -> Callable[[Row], Iterator[float]]:
    def cases(row: Row) -> Iterator[float]:
        value = score(row)
        if value is not None and (row.answered or not answered_only):
            yield value

    return cases


METRICS = (
    Metric(
        "answer_em",
        "the answer is a reference answer, word for word; no answer scores 0",
        _of_reference(lambda row: row.exact_match),
    ),
    Metric(
        "answer_f1",
        "words shared with the best reference answer; no answer scores 0",
        _of_reference(lambda row: row.token_f1),
    ),
    Metric(
        "answer_rouge_l",
        "words shared with it in its order; no answer scores 0",
        _of_reference(lambda row: row.rouge_l),
    ),
    Metric(
        "answer_em_if_answered",
        "answer_em over the answers that were given",
        _of_reference(lambda row: row.exact_match, answered_only=True),
    ),
    Metric(
        "answer_f1_if_answered",
        "answer_f1 over the answers that were given",
        _of_reference(lambda row: row.token_f1, answered_only=True),
    ),
)
