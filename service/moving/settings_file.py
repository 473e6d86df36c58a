"""The new place written into the settings file, where that can be done without touching anything else in it."""

import tomllib
from pathlib import Path

from index.replacing import replacing
from service.database_settings import without_password
from service.moving.places import place_name
from service.settings import Settings, config_file, explain, load_settings

_CHANGED = ("data_dir", "database.url", "index.url")


def lines_of(target: Settings) -> list[str]:
    """The settings of the new place as a file has them, without passwords."""
    told = [f"data_dir = {_text(str(target.data_dir))}"]
    told += [f"{name} = {_text(without_password(value))}" for name, value in _urls(target) if value]
    return told + [f"{name} = {_text(str(path))}" for name, path in _files(target) if path]


def switch_file(source: Settings, target: Settings) -> Path | None:
    """Have the settings file name the new place; gives it, or None where somebody else has to.

    That is where the file does not lead to ``source`` (the command line did), where the environment says where the
    place is, where a URL has its password in it, where the file has the settings in a way that is not the plain one,
    or where there is none.
    """
    file = config_file()
    if file is None or any(o.origin.startswith("environment") for o in explain() if o.name in _CHANGED):
        return None
    if place_name(load_settings()) != place_name(source):
        return None
    if any(value and value != without_password(value) for _, value in _urls(target)):
        return None
    before = file.read_text(encoding="utf-8")
    after = changed(before, target)
    if after is None:
        return None
    try:
        with replacing(file) as beside:
            beside.write_text(after, encoding="utf-8")
    except OSError:  # another user's: who may change it is told what to set
        return None
    return file


def changed(before: str, target: Settings) -> str | None:
    """The file's text with the new place in it, all else as it was; None where that cannot be made sure of."""
    wanted: dict[str, str | None] = {"data_dir": str(target.data_dir), **dict(_urls(target))}
    wanted |= {name: None if path is None else str(path) for name, path in _files(target)}
    lines = before.splitlines()
    kept: list[str] = []
    table = ""
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.strip("[] ") + "."
        name = table + stripped.partition("=")[0].strip()
        if name not in wanted:
            kept.append(line)
    tables = [line.strip().strip("[] ") for line in kept if line.strip().startswith("[")]
    above = []
    for name, value in wanted.items():
        if value is None:
            continue
        group, _, key = name.rpartition(".")
        if group in tables:
            at = next(i for i, line in enumerate(kept) if line.strip().strip("[] ") == group)
            kept.insert(at + 1, f"{key} = {_text(value)}")
        else:
            above.append(f"{name} = {_text(value)}")
    after = "\n".join([*above, *kept]) + "\n"
    return after if _is_as_wanted(before, after, wanted) else None


def _is_as_wanted(before: str, after: str, wanted: dict[str, str | None]) -> bool:
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    flat_old, flat_new = _flat(old), _flat(new)
    rest = {name: value for name, value in flat_old.items() if name not in wanted}
    return flat_new == rest | {name: value for name, value in wanted.items() if value is not None}


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in tree.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def _urls(target: Settings) -> list[tuple[str, str | None]]:
    return [("database.url", target.database.url), ("index.url", target.index.url)]


def _files(target: Settings) -> list[tuple[str, Path | None]]:
    return [
        ("database.password_file", target.database.password_file),
        ("index.password_file", target.index.password_file),
    ]


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
