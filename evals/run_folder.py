"""The folder that a run leaves: enough to read it later, to compare it with another, and to go on after a stop.

<run folder>/run.json       what was run: set, settings, models, index, code; written first
<run folder>/rows.jsonl     a question a line, as soon as it is answered; the dataclass Row as JSON
<run folder>/summary.json   counts and figures; written last, so that a run without it did not end
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from core.errors import Conflict, InvalidRequest, NotFound
from evals.rows import Row
from evals.run import Run
from evals.write_file import write_atomically

FORMAT_VERSION = 2
RUN, ROWS, SUMMARY = "run.json", "rows.jsonl", "summary.json"
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_SAME = ("set", "options", "system", "code")


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run read back from its folder. ``manifest`` is run.json, ``summary`` is empty where the run did not end."""

    folder: Path
    manifest: Mapping[str, Any]
    run: Run
    summary: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def set_name(self) -> str:
        return str(self.manifest["set"]["name"])


def read_run(folder: Path) -> RecordedRun:
    """:raises NotFound, InvalidRequest: for a folder that holds no run, or a damaged or newer one."""
    manifest = _read_manifest(folder)
    rows, torn = _read_rows(folder / ROWS)
    if torn:
        raise InvalidRequest(
            f"{folder / ROWS}, line {len(rows) + 1}: {torn}.", "The run was cut off: go on with --resume, or run again."
        )
    order = {name: i for i, name in enumerate(manifest["set"]["ids"])}
    rows.sort(key=lambda row: order.get(row.question.id, len(order)))
    ended = (folder / SUMMARY).is_file()
    summary = _read_json(folder / SUMMARY) if ended else {}
    interrupted = not ended or len(rows) < len(order)
    options = manifest["options"]
    finished = Run(tuple(rows), int(options["top_k"]), interrupted, int(options.get("jobs", 1)))
    return RecordedRun(folder, manifest, finished, summary)


class RunWriter:
    """Writes a run into its folder while it goes on."""

    def __init__(self, folder: Path, known: Sequence[Row]) -> None:
        self.folder = folder
        self.known = tuple(known)
        self._file = (folder / ROWS).open("a", encoding="utf-8")

    @classmethod
    def begin(cls, folder: Path, manifest: Mapping[str, object]) -> Self:
        """:raises Conflict: if the folder holds something."""
        check_new(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidRequest(f"{folder} cannot be made: {error.strerror}.", "Name another --output.") from error
        created = datetime.now(UTC).isoformat(timespec="seconds")
        full = {"format_version": FORMAT_VERSION, "created": created, **manifest}
        write_atomically(folder / RUN, json.dumps(full, ensure_ascii=False, indent=1) + "\n")
        return cls(folder, ())

    @classmethod
    def resume(cls, folder: Path, manifest: Mapping[str, object]) -> Self:
        """Goes on with a run of the same questions, settings, index and code; failed questions are asked again.

        See ``check_resumable`` for the errors.
        """
        check_resumable(folder, manifest)
        rows, _ = _read_rows(folder / ROWS)  # a line that was cut off is asked again
        kept = [row for row in rows if row.error is None]
        write_atomically(folder / ROWS, "".join(_line(row) for row in kept))
        (folder / SUMMARY).unlink(missing_ok=True)
        return cls(folder, kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        self._file.write(_line(row))
        self._file.flush()

    def finish(self, summary: Mapping[str, object]) -> None:
        write_atomically(self.folder / SUMMARY, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")


def check_new(folder: Path) -> None:
    """:raises Conflict: if the folder holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not empty.", "Name another --output, or go on with that run by --resume.")


def check_resumable(folder: Path, manifest: Mapping[str, object]) -> None:
    """Whether the run in the folder was of the same, as far as ``manifest`` tells.

    :raises NotFound, InvalidRequest: for a folder that holds no run.
    :raises Conflict: if the run was of something else, naming what differs.
    """
    before = _read_manifest(folder)
    now = json.loads(json.dumps(manifest))
    known = [name for name in _SAME if name in now]
    differing = [path for name in known for path in _differences(before.get(name), now[name], name)]
    if differing:
        raise Conflict(
            f"{folder} was run differently: {'; '.join(differing[:5])}.",
            "Run with what it was begun with, or begin a new run.",
        )


def new_folder(data_dir: Path, set_name: str) -> Path:
    """A folder named by the time and the set, not there yet."""
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{set_name}"
    runs = data_dir / "evals" / "runs"
    candidates = (runs / (stem if n == 1 else f"{stem}-{n}") for n in range(1, 1000))
    return next(folder for folder in candidates if not folder.exists())


def _line(row: Row) -> str:
    return _ROW.dump_json(row).decode() + "\n"


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / RUN
    if not file.is_file():
        raise NotFound(f"{folder} holds no run ({RUN} is missing).", "Name a folder that `footnoted eval run` wrote.")
    manifest = _read_json(file)
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise InvalidRequest(
            f"{folder} is a run of format {version}; this version reads format {FORMAT_VERSION}.", "Run again."
        )
    return manifest


def _read_json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidRequest(f"{file} is damaged: {error}.", "Run again.") from error
    if not isinstance(value, dict):
        raise InvalidRequest(f"{file} is damaged: it holds no JSON object.", "Run again.")
    return value


def _read_rows(file: Path) -> tuple[list[Row], str | None]:
    """The rows up to the first line that is none, and what is wrong with that line."""
    rows: list[Row] = []
    if not file.is_file():
        return rows, None
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                rows.append(_ROW.validate_json(line))
            except ValidationError as error:
                return rows, error.errors()[0]["msg"]
    return rows, None


def _differences(before: object, now: object, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in {**before, **now}:
            yield from _differences(before.get(name), now.get(name), f"{path}.{name}")
    elif before != now:
        yield f"{path} was {_short(before)}, is {_short(now)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
