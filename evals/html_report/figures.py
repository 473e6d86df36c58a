"""The figures as the page shows them: in words, with a bar, and with what they were in the run to compare with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evals.bootstrap import Difference
from evals.compare import Comparison
from evals.figure_text import interval_text, number_text, signed_interval_text, signed_text, verdict
from evals.figures.catalogue import HEADLINE, METRICS
from evals.figures.types import Measured, Unit
from evals.plots.bars import share_bar
from evals.rows import Row
from evals.run import Run

MOST_TAGS = 40


@dataclass(frozen=True, slots=True)
class Change:
    """Against the run to compare with, over the questions of both. ``verdict`` is empty where it may be chance."""

    before: str
    difference: str
    interval: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Figure:
    """``bar`` is None where the figure is not between 0 and 1."""

    name: str
    meaning: str
    lower_is_better: bool
    value: str
    interval: str
    n: int
    bar: Markup | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class TagRow:
    """The headline figures of the questions with a tag."""

    tag: str
    questions: int
    figures: tuple[Figure, ...]


def shown_figures(figures: Mapping[str, Measured], comparison: Comparison | None) -> list[Figure]:
    """Those that the run can measure."""
    differences = comparison.differences if comparison else {}
    return [
        figure(name, measured, differences.get(name))
        for name, measured in figures.items()
        if measured.value is not None
    ]


def figure(name: str, measured: Measured, difference: Difference | None = None) -> Figure:
    metric = METRICS[name]
    is_part = metric.unit in (Unit.SHARE, Unit.SCORE)
    return Figure(
        name=name,
        meaning=metric.meaning,
        lower_is_better=metric.lower_is_better,
        value=number_text(name, measured.value) + (" ms" if metric.unit is Unit.MILLISECONDS else ""),
        interval=interval_text(name, measured),
        n=measured.n,
        bar=share_bar(measured.value, measured.interval) if is_part and measured.value is not None else None,
        change=_change(difference) if difference else None,
    )


def tag_rows(run: Run) -> tuple[list[TagRow], int]:
    """All questions, then each tag, the most frequent first; and how many tags were left out."""
    tagged: dict[str, list[Row]] = {}
    for row in run.rows:
        for tag in row.tags:
            tagged.setdefault(tag, []).append(row)
    ordered = sorted(tagged.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [TagRow("all questions", len(run.rows), tuple(_headline(run.rows, run.top_k)))]
    rows += [TagRow(tag, len(own), tuple(_headline(own, run.top_k))) for tag, own in ordered[:MOST_TAGS]]
    return rows, max(len(ordered) - MOST_TAGS, 0)


def _headline(rows: Sequence[Row], top_k: int) -> Iterator[Figure]:
    part = Run(tuple(rows), top_k)
    return (figure(name, METRICS[name].measure(part)) for name in HEADLINE)


def _change(difference: Difference) -> Change | None:
    if difference.base is None:
        return None
    before = number_text(difference.metric, difference.base)
    low, high = difference.interval or (0.0, 0.0)
    if difference.value == low == high == 0:
        return Change(before, "the same", "", "")
    return Change(
        before=before,
        difference=_with_minus(signed_text(difference.metric, difference.value)),
        interval=_with_minus(signed_interval_text(difference)),
        verdict=verdict(difference),
    )


def _with_minus(text: str) -> str:
    """With the sign that is as wide as a plus."""
    return text.replace("-", "−")
