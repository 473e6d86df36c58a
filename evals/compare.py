"""Two runs of the same questions: what differs, how surely, and which questions got better or worse."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidRequest
from evals.bootstrap import Difference, difference
from evals.figures.catalogue import HEADLINE, LATENCY, METRICS
from evals.figures.types import Metric
from evals.rows import Outcome, Row
from evals.run import Run

FEWEST_TAGGED = 20


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


def compare(
    base: Run, other: Run, level: float = 0.95, metrics: Sequence[str] = tuple(METRICS), *, by_tag: bool = True
) -> Comparison:
    """The differences of ``other`` from ``base`` over the questions that both have.

    A metric that either run did not ask enough hits for is not among the differences, nor are times of runs that
    asked a different number of questions at once.

    :raises InvalidRequest: if they have none in common, or have other questions or answers under the same id.
    """
    pairs = matched(base, other)
    top_k = min(base.top_k, other.top_k)
    chosen = [
        METRICS[name]
        for name in metrics
        if METRICS[name].least_hits <= top_k and (base.jobs == other.jobs or name not in LATENCY)
    ]
    changes = [Change(b, o) for b, o in pairs if b.outcome.is_good != o.outcome.is_good]
    return Comparison(
        questions=len(pairs),
        left_out=len(base.rows) + len(other.rows) - 2 * len(pairs),
        differences={metric.name: difference(metric, pairs, level) for metric in chosen},
        tags=_by_tag(pairs, [METRICS[name] for name in HEADLINE if METRICS[name] in chosen], level) if by_tag else {},
        changes=changes,
        moves=Counter((b.outcome, o.outcome) for b, o in pairs if b.outcome is not o.outcome),
    )


def matched(base: Run, other: Run) -> list[tuple[Row, Row]]:
    """The rows of both runs, question by question. See ``compare`` for the errors."""
    rows = {row.question.id: row for row in base.rows}
    pairs = [(rows[row.question.id], row) for row in other.rows if row.question.id in rows]
    if not pairs:
        raise InvalidRequest("The two runs have no question in common.", "Compare runs of the same set.")
    # By answers and evidence, too: else a correction of the set would look like a change of the system.
    differing = [b.question.id for b, o in pairs if b.question != o.question]
    if differing:
        raise InvalidRequest(
            f"{len(differing)} questions have the same id in both runs and another text, answer or evidence, such as "
            f"{differing[0]}.",
            "Compare runs of the same set: run the older one again with the set as it is now.",
        )
    return pairs


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
