"""Gates: bounds that the figures of a run must keep, so that a build can fail on a worse answer."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from core.errors import InvalidRequest
from evals.bootstrap import Difference
from evals.compare import compare
from evals.figures.catalogue import METRICS
from evals.figures.types import Measured, Unit
from evals.run import Run

COMPARED = (
    "hit@5",
    "mrr@10",
    "evidence_cited",
    "evidence_cited_first",
    "quote_exact",
    "answer_f1",
    "answered_rate",
    "answered_wrong_rate",
    "refused_rate",
)
"""What is compared with a baseline where no file says it: found, cited, said, refused, without what says it twice."""

ALPHA = 0.05
"""How often, at most, a run that is no worse is turned away by chance, over all its figures together."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A metric's least value, or with ``is_maximum`` its greatest."""

    metric: str
    bound: float
    is_maximum: bool = False

    def __str__(self) -> str:
        return f"{self.metric} {'≤' if self.is_maximum else '≥'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class GateFailure:
    """A gate that was not kept; ``value`` is None where nothing could be measured."""

    gate: Gate
    value: float | None

    def __str__(self) -> str:
        return f"{self.gate}: {'not measured' if self.value is None else f'{self.value:.4g}'}"


def parse_gates(minima: Sequence[str], maxima: Sequence[str]) -> tuple[Gate, ...]:
    """Gates from words like "hit@5=0.9".

    :raises InvalidRequest: naming every bad one.
    """
    faults: list[str] = []
    parsed = [
        *(_parse("--min", text, False, faults) for text in minima),
        *(_parse("--max", text, True, faults) for text in maxima),
    ]
    if faults:
        raise InvalidRequest("\n".join(faults), f"The metrics are: {', '.join(METRICS)}.")
    return tuple(gate for gate in parsed if gate is not None)


def failures(gates: Sequence[Gate], figures: Mapping[str, Measured]) -> tuple[GateFailure, ...]:
    """The gates that are not kept. One whose metric could not be measured is not kept."""
    return tuple(
        GateFailure(gate, figures[gate.metric].value)
        for gate in gates
        if not _is_kept(gate, figures[gate.metric].value)
    )


@dataclass(frozen=True, slots=True)
class Regression:
    """A metric that is surely worse than the baseline's, by more than is tolerated."""

    difference: Difference
    tolerance: float

    def __str__(self) -> str:
        d = self.difference
        if d.base is None or d.other is None:
            where = "it" if d.base is None else "this run"
            return f"{d.metric} cannot be compared with the baseline: it is not measured in {where}"
        low, high = d.interval or (d.other - d.base, d.other - d.base)
        more = f", tolerated {self.tolerance:g}" if self.tolerance else ""
        return (
            f"{d.metric} is worse than the baseline: {d.base:.4g} → {d.other:.4g} (by {low:+.4g} to {high:+.4g}{more})"
        )


@dataclass(frozen=True, slots=True)
class GateFile:
    """A file of gates. ``tolerances`` has the metrics compared with the baseline, each with the loss it may have."""

    gates: tuple[Gate, ...]
    tolerances: Mapping[str, float]


def read_gates(file: Path) -> GateFile:
    """A TOML file with the tables ``min``, ``max`` and ``no_worse``, each of metric = number.

    :raises InvalidRequest: naming every fault.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}.", "Name a TOML file with gates.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{file} is not valid TOML: {error}.", "Correct the file.") from error
    faults = [f'{file}: there is no table "{name}" among gates.' for name in tables.keys() - {"min", "max", "no_worse"}]
    numbers = {name: _numbers(file, name, tables.get(name, {}), faults) for name in ("min", "max", "no_worse")}
    if faults:
        raise InvalidRequest(
            "\n".join(faults), f"Tables are min, max and no_worse; the metrics are: {', '.join(METRICS)}."
        )
    gates = [Gate(metric, bound, name == "max") for name in ("min", "max") for metric, bound in numbers[name].items()]
    return GateFile(tuple(gates), numbers["no_worse"])


def regressions(base: Run, other: Run, tolerances: Mapping[str, float] | None = None) -> tuple[Regression, ...]:
    """The figures of ``other`` that are surely worse than ``base``'s by more than their tolerance.

    One that the baseline has and this run has not is worse, too: where nothing is cited any more, there is no
    precision. Where ``tolerances`` ask for it, a figure that cannot be compared at all is told in the same way.

    Without ``tolerances``, those of ``COMPARED``, with none. The level is Bonferroni's for as many figures as are
    looked at, so that chance turns away at most one run in twenty that is no worse. An exact quote that no longer is
    one needs no statistics: ``quote_exact`` may not fall at all.
    """
    asked = tolerances or dict.fromkeys(COMPARED, 0.0)
    compared = compare(base, other, 1 - ALPHA / len(asked), tuple(asked), by_tag=False).differences
    nothing = {name: Difference(name, None, None, 0, None) for name in asked}
    return tuple(
        Regression(d, asked[name])
        for name, d in {**nothing, **compared}.items()
        if _is_worse(d, asked[name]) or (d.value is None and (d.base is not None or tolerances))
    )


def _is_worse(d: Difference, tolerance: float) -> bool:
    if d.value is None:
        return False
    # Without an interval (one question, or all on one place) only the difference itself is there to go by.
    low, high = (d.value, d.value) if d.interval is None or d.metric == "quote_exact" else d.interval
    return low > tolerance if METRICS[d.metric].lower_is_better else high < -tolerance


def _numbers(file: Path, name: str, table: object, faults: list[str]) -> dict[str, float]:
    if not isinstance(table, dict):
        faults.append(f'{file}: "{name}" is not a table.')
        return {}
    for metric, value in table.items():
        if metric not in METRICS:
            faults.append(f'{file}, {name}: there is no metric "{metric}".')
        elif isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            faults.append(f"{file}, {name}.{metric}: {value!r} is not a number.")
        elif _is_out_of_range(metric, value):
            faults.append(f"{file}, {name}.{metric}: {value!r} is not from 0 to 1; 90 % is 0.9.")
    return {metric: value for metric, value in table.items() if metric in METRICS}


def _is_kept(gate: Gate, value: float | None) -> bool:
    if value is None:
        return False
    return value <= gate.bound if gate.is_maximum else value >= gate.bound


def _parse(option: str, text: str, is_maximum: bool, faults: list[str]) -> Gate | None:
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        faults.append(f'{option} "{text}" is not METRIC=VALUE.')
    elif name not in METRICS:
        faults.append(f'{option} "{text}": there is no metric "{name}".')
    else:
        try:
            bound = float(number)
        except ValueError:
            bound = float("nan")
        if not isfinite(bound):
            faults.append(f'{option} "{text}": "{number}" is not a number.')
        elif _is_out_of_range(name, bound):
            faults.append(f'{option} "{text}": {name} goes from 0 to 1; 90 % is 0.9.')
        else:
            return Gate(name, bound, is_maximum)
    return None


def _is_out_of_range(metric: str, bound: float) -> bool:
    return METRICS[metric].unit in (Unit.SHARE, Unit.SCORE) and not 0 <= bound <= 1
