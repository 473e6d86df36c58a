"""Which settings to try: one at a time or all combinations, and always the plain baselines beside them."""

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidRequest
from service.settings import defaults, load_settings

BASELINES: Mapping[str, Mapping[str, Any]] = {
    "BM25 only": {"search.dense_weight": 0.0},
    "dense only": {"search.dense_weight": 1.0},
    "no reader": {"answer.reader": "overlap"},
}
RE_INGESTED = ("encoder.", "ingest.")


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings to try, by dotted name, on top of the present ones."""

    name: str
    values: Mapping[str, Any]

    @property
    def overrides(self) -> dict[str, Any]:
        """Nested, as ``load_settings`` takes them."""
        tree: dict[str, Any] = {}
        for name, value in self.values.items():
            *groups, leaf = name.split(".")
            node = tree
            for group in groups:
                node = node.setdefault(group, {})
            node[leaf] = value
        return tree

    @property
    def index_values(self) -> dict[str, Any]:
        """Those on which the index depends: a variant with others needs an index of its own."""
        return {name: value for name, value in self.values.items() if name.startswith(RE_INGESTED)}

    def as_toml(self) -> str:
        """For footnoted.toml."""
        groups: dict[str, list[str]] = {}
        for name, value in self.values.items():
            group, _, leaf = name.rpartition(".")
            groups.setdefault(group, []).append(f"{leaf} = {_toml(value)}")
        return "\n".join(f"[{group}]\n" + "\n".join(lines) for group, lines in groups.items())


def variants(vary: Sequence[str], *, grid: bool) -> list[Variant]:
    """The present settings, the baselines, and what ``vary`` asks for: words like "search.dense_weight=0.3,0.7".

    :raises InvalidRequest: for a setting that does not exist, naming every fault.
    :raises SettingsError: for a value that it cannot have.
    """
    axes = _axes(vary)
    chosen = [Variant("present settings", {}), *(Variant(name, values) for name, values in BASELINES.items())]
    combinations = itertools.product(*axes.values()) if grid else _one_at_a_time(axes)
    for combination in combinations:
        values = {name: value for name, value in zip(axes, combination, strict=True) if value is not None}
        if values:
            chosen.append(Variant(", ".join(f"{name}={_toml(value)}" for name, value in values.items()), values))
    for variant in chosen:
        load_settings(variant.overrides)
    return chosen


def _axes(vary: Sequence[str]) -> dict[str, list[Any]]:
    names = {setting.name for setting in defaults()}
    axes: dict[str, list[Any]] = {}
    faults = []
    for word in vary:
        name, equals, values = word.partition("=")
        name = name.strip()
        if not equals or not values.strip():
            faults.append(f'"{word}" is not SETTING=VALUE,VALUE.')
        elif name not in names or name == "data_dir":
            faults.append(f'"{word}": there is no setting "{name}" to vary.')
        else:
            axes.setdefault(name, []).extend(_value(text.strip()) for text in values.split(","))
    if faults:
        raise InvalidRequest("\n".join(faults), "`footnoted config --defaults` lists every setting.")
    return axes


def _one_at_a_time(axes: Mapping[str, Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    for i, values in enumerate(axes.values()):
        for value in values:
            yield tuple(value if i == j else None for j in range(len(axes)))


def _value(text: str) -> Any:
    """A number or true or false where it reads as one, else the text itself."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
