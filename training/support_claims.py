"""Claims that people labelled as supported or not, and which of them are held out."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SUPPORTED = frozenset({"supported", "Fully attributable"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """``supported`` is True only for full support."""

    source: str
    premise: str
    claim: str
    supported: bool


def labelled(lines: Iterable[str]) -> Iterator[Labelled]:
    """Rows of JSON lines with source, premise, claim and label."""
    for line in lines:
        row = json.loads(line)
        yield Labelled(row["source"], row["premise"], row["claim"], row["label"] in _SUPPORTED)


def held(row: Labelled) -> bool:
    """Half of the rows, told by the premise, so that no premise is on both sides; by the claim where it is empty."""
    return hashlib.sha256((row.premise.strip() or row.claim).encode()).digest()[0] % 2 == 0
