"""``python -m bench.index_scale.growth FIGURES.json [--svg FILE] [--to 100000000]``: how each cost grows.

Fits ``cost = a · passages ** b`` by least squares on the logarithms of what ``bench.index_scale --output`` measured,
prints a Markdown table with the cost at ``--to`` passages, and draws figures and fits. An exponent of 1 is in
proportion. What lies beyond the largest size measured is arithmetic, not a measurement: it leaves out that what is
searched then no longer fits in memory. Needs ``pip install -e '.[bench]'``.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

COSTS = (
    "build, s", "on disk, MB", "resident, MB", "open and first search, s", "dense, ms, one client",
    "keyword, ms, one client", "hybrid, ms, one client", "add and search, ms", "delete and search, ms",
)  # fmt: skip
_P95 = 1  # of p50, p95, p99


@dataclass(frozen=True, slots=True)
class Growth:
    """The costs of one system by number of passages, and the power law through them."""

    system: str
    cost: str
    sizes: Sequence[int]
    values: Sequence[float]
    factor: float
    exponent: float

    def at(self, passages: float) -> float:
        return float(self.factor * passages**self.exponent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--to", type=int, default=100_000_000)
    options = parser.parse_args()
    found = list(growths(json.loads(options.figures.read_text())))
    print(f"| cost (p95 where there are several) | measured | exponent | at {options.to:,}, by the fit |")
    print("|---|---|---|---|")
    for one in found:
        measured = ", ".join(f"{value:.3g}" for value in one.values)
        print(f"| {one.system}: {one.cost} | {measured} | {one.exponent:.2f} | {one.at(options.to):,.3g} |")
    if options.svg is not None:
        _draw(found, options.svg)


def growths(figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Growth]:
    """Of each cost that was measured at two sizes or more."""
    for system, by_size in figures.items():
        sizes = sorted(map(int, by_size))
        for cost in COSTS:
            values = [_value(by_size[str(size)][cost]) for size in sizes if cost in by_size[str(size)]]
            if len(values) == len(sizes) > 1:
                exponent, logarithm = np.polyfit(np.log(sizes), np.log(values), 1)
                yield Growth(system, cost, sizes, values, float(np.exp(logarithm)), float(exponent))


def _value(measured: float | Sequence[float]) -> float:
    return measured if isinstance(measured, float | int) else measured[_P95]


def _draw(found: Sequence[Growth], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "footnoted"  # the same picture from the same figures
    from matplotlib import pyplot

    figure, places = pyplot.subplots(3, 3, figsize=(11, 9), sharex=True, layout="constrained")
    systems = list(dict.fromkeys(one.system for one in found))
    for cost, place in zip(COSTS, places.flat, strict=True):
        for one in found:
            if one.cost == cost:
                colour = f"C{systems.index(one.system)}"
                place.loglog(one.sizes, one.values, "o", color=colour, label=one.system)
                place.loglog(one.sizes, [one.at(size) for size in one.sizes], "-", color=colour, alpha=0.5)
        place.set_title(cost, fontsize=10)
        place.grid(alpha=0.3)
    places.flat[0].legend(fontsize=8)
    for place in places[-1]:
        place.set_xlabel("passages")
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main()
