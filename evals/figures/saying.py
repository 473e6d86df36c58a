"""Are the words of the answer right? Over the answerable questions that have reference answers."""

from evals.figures.types import Measured, Metric, mean
from evals.run import Run


def _exact_match(run: Run) -> Measured:
    return mean(row.exact_match for row in run.rows if row.exact_match is not None)


def _exact_match_if_answered(run: Run) -> Measured:
    return mean(row.exact_match for row in run.rows if row.exact_match is not None and row.answered)


def _f1(run: Run) -> Measured:
    return mean(row.token_f1 for row in run.rows if row.token_f1 is not None)


def _f1_if_answered(run: Run) -> Measured:
    return mean(row.token_f1 for row in run.rows if row.token_f1 is not None and row.answered)


METRICS = (
    Metric("answer_em", "the answer is a reference answer, word for word; no answer scores 0", _exact_match),
    Metric("answer_f1", "words shared with the best reference answer; no answer scores 0", _f1),
    Metric("answer_em_if_answered", "answer_em over the answers that were given", _exact_match_if_answered),
    Metric("answer_f1_if_answered", "answer_f1 over the answers that were given", _f1_if_answered),
)
