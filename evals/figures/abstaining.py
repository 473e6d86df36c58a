"""Does the system know what it does not know? An error is neither an answer nor a refusal."""

from evals.figures.types import NOT_MEASURED, Measured, Metric, Unit, mean
from evals.metrics.answered_wrong import answered_wrong
from evals.metrics.auroc import auroc
from evals.metrics.calibration_error import calibration_error
from evals.run import Run


def _answered(run: Run) -> Measured:
    return mean(float(row.answered) for row in run.rows if row.question.answerable is True)


def _refused(run: Run) -> Measured:
    return mean(float(row.refused) for row in run.rows if row.question.answerable is False)


def _answered_wrong(run: Run) -> Measured:
    return mean(
        answered_wrong(
            row.question.answerable,
            any(row.citations_on_evidence) if row.has_evidence else None,
            row.token_f1,
        )
        for row in run.rows
        if row.answered and row.question.answerable is not None
    )


def _confidences(run: Run) -> tuple[list[float], list[bool]]:
    """The confidence of each answer or refusal, and whether its question has an answer."""
    known = [
        (row.answer.confidence, row.question.answerable)
        for row in run.rows
        if row.answer is not None and row.question.answerable is not None
    ]
    return [confidence for confidence, _ in known], [answerable for _, answerable in known]


def _auroc(run: Run) -> Measured:
    confidences, answerable = _confidences(run)
    pairs = list(zip(confidences, answerable, strict=True))
    value = auroc([c for c, known in pairs if known], [c for c, known in pairs if not known])
    return NOT_MEASURED if value is None else Measured(value, len(pairs))


def _calibration_error(run: Run) -> Measured:
    confidences, answerable = _confidences(run)
    return Measured(calibration_error(confidences, answerable), len(confidences))


METRICS = (
    Metric("answered_rate", "questions with an answer that got one, right or wrong", _answered),
    Metric("refused_rate", "questions without an answer that were refused", _refused),
    Metric("answered_wrong_rate", "answers given that are wrong", _answered_wrong, lower_is_better=True),
    Metric("confidence_auroc", "confidence tells questions with an answer from those without", _auroc, Unit.SCORE),
    Metric(
        "confidence_ece",
        "how far confidence is from being a probability",
        _calibration_error,
        Unit.SCORE,
        lower_is_better=True,
    ),
)
