"""The plots of a run, each with its main fact in a sentence and its numbers in a table.

They are drawn from the cases of the figures that they explain, so that picture and figure cannot disagree.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evals import calibration
from evals.figures.catalogue import METRICS
from evals.metrics.calibration_error import bins
from evals.metrics.percentile import percentile
from evals.plots.bars import whole_bar
from evals.plots.columns import columns
from evals.plots.latency import latency
from evals.plots.reliability import reliability
from evals.plots.risk_coverage import risk_coverage
from evals.plots.svg import Picture
from evals.rows import Outcome, Row

_HATCHED = (Outcome.WRONG, Outcome.REFUSED_WRONGLY, Outcome.FAILED)
_PERCENTS = (50, 95, 99)
_ROWS = 20
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Plot:
    """``fact`` says in words what is to be seen; ``how`` how to read it."""

    title: str
    how: str
    fact: str
    picture: Picture
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class OutcomePart:
    """An outcome with how many questions had it."""

    outcome: Outcome
    count: int
    share: float


def outcome_parts(rows: Sequence[Row]) -> list[OutcomePart]:
    """The good ones first; those that no question had are left out."""
    counts = Counter(row.outcome for row in rows)
    order = (Outcome.RIGHT, Outcome.REFUSED_RIGHTLY, Outcome.NOT_JUDGED, *_HATCHED)
    return [OutcomePart(o, counts[o], counts[o] / len(rows)) for o in order if counts[o]]


def outcome_bar(parts: Sequence[OutcomePart]) -> Picture:
    told = ", ".join(f"{part.count:,} {part.outcome}" for part in parts)
    drawn = [(part.outcome.replace(" ", "-"), part.count, part.outcome in _HATCHED) for part in parts]
    return whole_bar(drawn, f"Outcomes: {told}.")


def plots(rows: Sequence[Row], earlier: Sequence[Row] = ()) -> Iterator[Plot]:
    """Those that the rows have something to draw for; ``earlier`` are those of a run to compare with."""
    for draw in (_ranks, _risk_coverage, _calibration, _latency):
        if plot := draw(rows, earlier):
            yield plot


def _ranks(rows: Sequence[Row], earlier: Sequence[Row]) -> Plot | None:
    ranks = [_rank(row) for row in rows if row.has_evidence]
    if not ranks:
        return None
    counts = Counter(ranks)
    deepest = max((rank for rank in ranks if rank is not None), default=1)
    told = [(str(rank), counts[rank]) for rank in range(1, min(deepest, _DEEPEST) + 1)]
    if beyond := sum(count for rank, count in counts.items() if rank is not None and rank > _DEEPEST):
        told.append((f"> {_DEEPEST}", beyond))
    found = len(ranks) - counts[None]
    fact = f"Found by the first hit for {counts[1]:,} of {len(ranks):,} questions, by any of them for {found:,}."
    return Plot(
        title="Where the evidence is found",
        how="The rank of the first hit that holds a question's evidence.",
        fact=fact,
        picture=columns(
            [*((name, count, False) for name, count in told), ("none", counts[None], True)],
            "rank of the first hit with evidence",
            "questions",
            fact,
        ),
        headings=("rank", "questions", "share"),
        rows=tuple((name, f"{n:,}", _percent(n / len(ranks))) for name, n in [*told, ("none", counts[None])]),
    )


def _rank(row: Row) -> int | None:
    return next((rank for rank, on_evidence in enumerate(row.hits_on_evidence, start=1) if on_evidence), None)


def _risk_coverage(rows: Sequence[Row], earlier: Sequence[Row]) -> Plot | None:
    points = _curve(rows)
    if not points:
        return None
    end = points[-1]
    note = f"all answers: {_percent(end.risk)} wrong"
    half = min(points, key=lambda point: abs(point.coverage - 0.5))
    return Plot(
        title="Risk and coverage",
        how="If only the surest answers were given: how many of them would be wrong? A good confidence keeps the "
        "curve low on the left.",
        fact=f"Of all answers {_percent(end.risk)} are wrong; of the surest {_percent(half.coverage)}, "
        f"{_percent(half.risk)}.",
        picture=risk_coverage(points, end, note, "answers given, the surest first", _curve(earlier)),
        headings=("confidence at least", "answers given", "of these wrong"),
        rows=tuple((f"{p.threshold:.3f}", _percent(p.coverage), _percent(p.risk)) for p in _thinned(points)),
    )


def _curve(rows: Sequence[Row]) -> list[calibration.Point]:
    pairs = _cases("risk_coverage_area", rows)
    return calibration.curve([calibration.Outcome(confidence, True, not wrong) for confidence, wrong in pairs])


def _thinned(points: Sequence[calibration.Point]) -> list[calibration.Point]:
    """As many as one wants to read, the last among them."""
    step = max(1, -(-len(points) // _ROWS))
    return list(points[::-1][::step])[::-1]


def _calibration(rows: Sequence[Row], earlier: Sequence[Row]) -> Plot | None:
    binned = bins(_cases("confidence_ece", rows))
    if not binned:
        return None
    widest = max(binned, key=lambda b: abs(b.confidence - b.share) * b.n)
    fact = (
        f"The gap that weighs most: {widest.n:,} questions with a confidence of {_percent(widest.confidence)} "
        f"on average, of which {_percent(widest.share)} have an answer."
    )
    return Plot(
        title="Calibration",
        how="Is the confidence a probability? On the dotted line it is what it says; below it claims too much. "
        "The lines through the points are 95 % intervals, the bars count the questions.",
        fact=fact,
        picture=reliability(binned, fact, bins(_cases("confidence_ece", earlier))),
        headings=("confidence", "mean", "have an answer", "95 % interval", "questions"),
        rows=tuple(
            (
                f"{b.low:.1f} – {b.high:.1f}",
                f"{b.confidence:.2f}",
                _percent(b.share),
                f"{100 * b.interval[0]:.0f} – {_percent(b.interval[1])}",
                f"{b.n:,}",
            )
            for b in binned
        ),
    )


def _latency(rows: Sequence[Row], earlier: Sequence[Row]) -> Plot | None:
    times = _cases("latency_p50_ms", rows)
    if not times:
        return None
    marks = {f"p{percent}": percentile(times, percent) or 0.0 for percent in _PERCENTS}
    fact = f"{', '.join(f'{name} {value:,.0f} ms' for name, value in marks.items())}; the longest {max(times):,.0f} ms."
    table = [(str(percent), f"{percentile(times, percent):,.1f}") for percent in (0, 10, 25, 50, 75, 90, 95, 99, 100)]
    return Plot(
        title="Latency",
        how="The share of answers and refusals that took no longer than so many milliseconds; errors are left out.",
        fact=fact,
        picture=latency(times, marks, fact, _cases("latency_p50_ms", earlier)),
        headings=("percentile", "milliseconds"),
        rows=tuple(table),
    )


def _cases(metric: str, rows: Sequence[Row]) -> list[Any]:
    return [case for row in rows for case in METRICS[metric].cases(row)]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
