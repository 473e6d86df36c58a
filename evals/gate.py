"""Gates: bounds that the figures of a run must keep, so that a build can fail on a worse answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from core.errors import InvalidRequest
from evals.figures.catalogue import METRICS
from evals.figures.types import Measured


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
        if isfinite(bound):
            return Gate(name, bound, is_maximum)
        faults.append(f'{option} "{text}": "{number}" is not a number.')
    return None
