"""What was run: the facts at the top of the page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evals.run_folder import RecordedRun
from service.settings import defaults

_PLACES = frozenset({"data_dir"})  # where things lie changes no answer


@dataclass(frozen=True, slots=True)
class Head:
    """``settings`` are those that differ from this version's defaults: (name, value, default)."""

    set_name: str
    run_name: str
    when: str
    asked: int
    answered: int
    refused: int
    failed: int
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str, str], ...]


def head(recorded: RecordedRun) -> Head:
    rows = recorded.run.rows
    system = recorded.manifest.get("system") or {}
    return Head(
        set_name=recorded.set_name,
        run_name=recorded.name,
        when=_when(str(recorded.manifest.get("created", ""))),
        asked=len(rows),
        answered=sum(row.answered for row in rows),
        refused=sum(row.refused for row in rows),
        failed=sum(row.error is not None for row in rows),
        facts=tuple((name, value) for name, value in _facts(recorded.manifest, system) if value),
        settings=tuple(_differing(system.get("settings") or {})),
    )


def _when(created: str) -> str:
    try:
        at = datetime.fromisoformat(created).astimezone(UTC)
    except ValueError:
        return created
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _facts(manifest: Mapping[str, Any], system: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    options, index, code = (part or {} for part in (manifest["options"], system.get("index"), manifest.get("code")))
    models = system.get("models") or {}
    yield "Questions (digest)", str(manifest["set"].get("questions") or "")
    yield "Documents (digest)", str(manifest["set"].get("documents") or "")
    yield "Collection", str(options.get("collection") or "")
    yield "Server", str(options.get("server") or "")
    yield "Hits asked for", str(options["top_k"])
    yield "Questions at a time", str(options.get("jobs", ""))
    yield "Answers by", str(system.get("model") or "")
    for name, digest in models.items():
        yield f"SHA-256 of the {name}", str(digest or "not known")
    yield "Index", _index(index)
    yield "Footnoted", " ".join(str(code[name]) for name in ("version", "commit") if code.get(name))
    yield "Python, machine", ", ".join(str(code[name]) for name in ("python", "machine") if code.get(name))


def _index(index: Mapping[str, Any]) -> str:
    spec = index.get("spec") or {}
    counts = [f"{index[name]:,} {name}" for name in ("documents", "passages") if isinstance(index.get(name), int)]
    described = [f"{name.replace('_', ' ')} {value}" for name, value in spec.items()]
    return ", ".join([*counts, *described])


def _differing(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    known = {setting.name: setting.value for setting in defaults()}
    for name, value in _flat(settings):
        if name not in known:
            yield name, json.dumps(value, ensure_ascii=False), "not a setting of this version"
        elif name not in _PLACES and value != known[name]:
            yield name, json.dumps(value, ensure_ascii=False), json.dumps(known[name], ensure_ascii=False)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
