"""Does the system know what it does not know? An error is neither an answer nor a refusal."""

from collections.abc import Iterator, Sequence

from evals.figures.types import Metric, Unit
from evals.metrics.auroc import auroc
from evals.metrics.calibration_error import calibration_error
from evals.metrics.risk_coverage_area import risk_coverage_area
from evals.rows import Outcome, Row


def _answered(row: Row) -> Iterator[float]:
    if row.question.answerable is True:
        yield float(row.answered)


def _refused(row: Row) -> Iterator[float]:
    if row.question.answerable is False:
        yield float(row.refused)


def _answered_wrong(row: Row) -> Iterator[float]:
    if row.outcome in (Outcome.RIGHT, Outcome.WRONG):
        yield float(row.outcome is Outcome.WRONG)


def _confidence(row: Row) -> Iterator[tuple[float, bool]]:
    """The confidence of an answer or a refusal, and whether its question has an answer."""
    if row.answer is not None and row.question.answerable is not None:
        yield row.answer.confidence, row.question.answerable


def _auroc(pairs: Sequence[tuple[float, bool]]) -> float | None:
    return auroc([c for c, answerable in pairs if answerable], [c for c, answerable in pairs if not answerable])


def _calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    return calibration_error([c for c, _ in pairs], [answerable for _, answerable in pairs])


def _judged(row: Row) -> Iterator[tuple[float, bool]]:
    if row.answer is not None and row.outcome in (Outcome.RIGHT, Outcome.WRONG):
        yield row.answer.confidence, row.outcome is Outcome.WRONG


def _area(pairs: Sequence[tuple[float, bool]]) -> float | None:
    return risk_coverage_area([c for c, _ in pairs], [wrong for _, wrong in pairs])


METRICS = (
    Metric("answered_rate", "questions with an answer that got one, right or wrong", _answered),
    Metric("refused_rate", "questions without an answer that were refused", _refused),
    Metric("answered_wrong_rate", "answers given that are wrong", _answered_wrong, lower_is_better=True),
    Metric(
        "confidence_auroc",
        "confidence tells questions with an answer from those without",
        _confidence,
        _auroc,
        Unit.SCORE,
    ),
    Metric(
        "confidence_ece",
        "how far confidence is from being a probability",
        _confidence,
        _calibration_error,
        Unit.SCORE,
        lower_is_better=True,
    ),
    Metric(
        "risk_coverage_area",
        "wrong ones among the surest answers given, over all shares of them",
        _judged,
        _area,
        Unit.SCORE,
        lower_is_better=True,
    ),
)
