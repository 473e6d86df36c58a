"""Two runs of the same questions: what differs, how surely, and which questions got better or worse."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidRequest
from evals.bootstrap import Difference, difference
from evals.figures.catalogue import HEADLINE, METRICS
from evals.figures.types import Metric
from evals.rows import Outcome, Row
from evals.run import Run

FEWEST_TAGGED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose outcome is not what it was."""

    base: Row
    other: Row

    @property
    def is_better(self) -> bool:
        return self.other.outcome.is_good


@dataclass(frozen=True, slots=True)
class Comparison:
    """``tags`` has the headline differences of every tag that enough questions have.

    ``left_out`` counts the questions that only one of the runs has.
    """

    questions: int
    left_out: int
    differences: Mapping[str, Difference]
    tags: Mapping[str, Mapping[str, Difference]]
    changes: Sequence[Change]
    moves: Mapping[tuple[Outcome, Outcome], int]

    @property
    def better(self) -> list[Change]:
        return [change for change in self.changes if change.is_better]

    @property
    def worse(self) -> list[Change]:
        return [change for change in self.changes if not change.is_better]


def compare(base: Run, other: Run, level: float = 0.95, metrics: Sequence[str] = tuple(METRICS)) -> Comparison:
    """The differences of ``other`` from ``base`` over the questions that both have.

    :raises InvalidRequest: if they have none in common, or ask something else under the same id.
    """
    pairs = matched(base, other)
    top_k = min(base.top_k, other.top_k)
    chosen = [METRICS[name] for name in metrics if METRICS[name].least_hits <= top_k]
    changes = [Change(b, o) for b, o in pairs if b.outcome.is_good != o.outcome.is_good]
    return Comparison(
        questions=len(pairs),
        left_out=len(base.rows) + len(other.rows) - 2 * len(pairs),
        differences={metric.name: difference(metric, pairs, level) for metric in chosen},
        tags=_by_tag(pairs, [METRICS[name] for name in HEADLINE if METRICS[name] in chosen], level),
        changes=changes,
        moves=Counter((b.outcome, o.outcome) for b, o in pairs if b.outcome is not o.outcome),
    )


def matched(base: Run, other: Run) -> list[tuple[Row, Row]]:
    """The rows of both runs, question by question. See ``compare`` for the errors."""
    rows = {row.question.id: row for row in base.rows}
    pairs = [(rows[row.question.id], row) for row in other.rows if row.question.id in rows]
    if not pairs:
        raise InvalidRequest("The two runs have no question in common.", "Compare runs of the same set.")
    differing = [
        b.question.id
        for b, o in pairs
        if (b.question.text, b.question.history) != (o.question.text, o.question.history)
    ]
    if differing:
        raise InvalidRequest(
            f"{len(differing)} questions have the same id in both runs and another text, such as {differing[0]}.",
            "Compare runs of the same set; run the older one again if the set was changed.",
        )
    return pairs


def _asked(row: Row) -> tuple[object, ...]:
    return row.question.text, row.question.history


def _by_tag(
    pairs: Sequence[tuple[Row, Row]], metrics: Sequence[Metric], level: float
) -> dict[str, dict[str, Difference]]:
    tagged: dict[str, list[tuple[Row, Row]]] = {}
    for pair in pairs:
        for tag in pair[1].tags:
            tagged.setdefault(tag, []).append(pair)
    return {
        tag: {metric.name: difference(metric, own, level) for metric in metrics}
        for tag, own in tagged.items()
        if FEWEST_TAGGED <= len(own) < len(pairs)
    }
