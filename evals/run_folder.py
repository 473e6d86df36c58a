"""The folder that a run leaves: enough to read it later, to compare it with another, and to go on after a stop.

<run folder>/run.json       what was run: set, settings, models, index, code; written first
<run folder>/rows.jsonl     a question a line, as soon as it is answered; the dataclass Row as JSON
<run folder>/summary.json   counts and figures; written last, so that a run without it did not end
"""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Annotated, Any, NotRequired, Self

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from core.errors import Conflict, InvalidRequest, NotFound
from evals.rows import Row
from evals.run import Run
from evals.write_file import write_atomically

FORMAT_VERSION = 2
RUN, ROWS, SUMMARY = "run.json", "rows.jsonl", "summary.json"
_ROW: TypeAdapter[Row] = TypeAdapter(Row)


class _SetPart(TypedDict):
    name: str
    ids: list[str]


class _OptionsPart(TypedDict):
    top_k: Annotated[int, Field(ge=1)]
    jobs: NotRequired[Annotated[int, Field(ge=1)]]


class _Manifest(TypedDict):
    set: _SetPart
    options: _OptionsPart
    system: dict[str, Any]
    code: NotRequired[dict[str, Any]]


class _Failure(TypedDict):
    uri: str
    message: str


class _Ingest(TypedDict):
    failed: NotRequired[list[_Failure]]


class _Summary(TypedDict):
    ingest: NotRequired[_Ingest]


_OBJECT: TypeAdapter[Any] = TypeAdapter(dict[str, Any])
_MANIFEST: TypeAdapter[Any] = TypeAdapter(_Manifest)
_SUMMARY: TypeAdapter[Any] = TypeAdapter(_Summary)
_LOCK = ".lock"
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
    """A run by its folder, or by the run.json in it.

    :raises NotFound, InvalidRequest: for a folder that holds no run, or a damaged or newer one.
    """
    folder = folder.parent if folder.name == RUN and folder.is_file() else folder
    manifest = _read_manifest(folder)
    rows, torn = _read_rows(folder / ROWS)
    if torn:
        raise InvalidRequest(
            f"{folder / ROWS}, line {len(rows) + 1}: {torn}.", "The run was cut off: go on with --resume, or run again."
        )
    order = {name: i for i, name in enumerate(manifest["set"]["ids"])}
    rows.sort(key=lambda row: order.get(row.question.id, len(order)))
    ended = (folder / SUMMARY).is_file()
    summary = _read_json(folder / SUMMARY, _SUMMARY) if ended else {}
    interrupted = not ended or len(rows) < len(order)
    options = manifest["options"]
    finished = Run(tuple(rows), int(options["top_k"]), interrupted, int(options.get("jobs", 1)))
    return RecordedRun(folder, manifest, finished, summary)


class RunWriter:
    """Writes a run into its folder while it goes on."""

    def __init__(self, folder: Path, known: Sequence[Row], lock: IO[str]) -> None:
        self.folder = folder
        self.known = tuple(known)
        self._lock = lock
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
        return cls(folder, (), _locked(folder))

    @classmethod
    def resume(cls, folder: Path, manifest: Mapping[str, object]) -> Self:
        """Goes on with a run of the same questions, settings, index and code; failed questions are asked again.

        See ``check_resumable`` for the errors.
        """
        check_resumable(folder, manifest)
        lock = _locked(folder)
        rows, _ = _read_rows(folder / ROWS)  # a line that was cut off is asked again
        kept = [row for row in rows if row.error is None]
        write_atomically(folder / ROWS, "".join(_line(row) for row in kept))
        (folder / SUMMARY).unlink(missing_ok=True)
        return cls(folder, kept, lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with suppress(OSError):  # of what `add` could not write already
                self._file.close()
        finally:
            self._lock.close()

    def add(self, row: Row) -> None:
        """:raises InvalidRequest: if it cannot be written, as on a full disk."""
        try:
            self._file.write(_line(row))
            self._file.flush()
        except OSError as error:
            raise InvalidRequest(
                f"{self.folder / ROWS} cannot be written: {error.strerror}.",
                f"Make room, and go on with --resume {self.folder}.",
            ) from error

    def finish(self, summary: Mapping[str, object]) -> None:
        write_atomically(self.folder / SUMMARY, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")


def _locked(folder: Path) -> IO[str]:
    """Keeps a second run out of the folder until this process ends. Raises Conflict."""
    lock = (folder / _LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Conflict(f"Another run writes into {folder}.", "Wait for it, or name another --output.") from error
    return lock


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
    manifest = _read_json(file, _OBJECT)
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise InvalidRequest(
            f"{folder} is a run of format {version!r}; this version reads format {FORMAT_VERSION}.", "Run again."
        )
    _check_shape(file, manifest, _MANIFEST)
    return manifest


def _read_json(file: Path, model: TypeAdapter[Any]) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{file} is damaged: {error}.", "Run again.") from error
    _check_shape(file, value, model)
    return dict(value)


def _check_shape(file: Path, value: object, model: TypeAdapter[Any]) -> None:
    try:
        model.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidRequest(f"{file} is damaged: {place}: {first['msg']}.", "Run again.") from error


def _read_rows(file: Path) -> tuple[list[Row], str | None]:
    """The rows up to the first line that is none, and what is wrong with that line."""
    rows: list[Row] = []
    seen: set[str] = set()
    if not file.is_file():
        return rows, None
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = _ROW.validate_json(line)
            except ValidationError as error:
                return rows, error.errors()[0]["msg"]
            if fault := _fault(row, seen):
                return rows, fault
            rows.append(row)
            seen.add(row.question.id)
    return rows, None


def _fault(row: Row, seen: Set[str]) -> str | None:
    """What no run writes: a question twice, or judgements that do not belong to what they judge."""
    answer = row.answer
    sizes = (
        (len(row.evidence_faults), (0, len(row.question.evidence))),
        (len(row.hit_pieces), (len(answer.hits) if answer else 0,)),
        (len(row.citation_pieces), (len(answer.citations) if answer else 0,)),
        (len(row.citations_exact), (len(answer.citations) if answer else 0,)),
        (len(row.sentences_supported), (len(answer.sentences) if answer else 0,)),
    )
    pieces = {piece for found in (*row.hit_pieces, *row.citation_pieces) for piece in found}
    if row.question.id in seen:
        return f"the question {row.question.id!r} is there twice"
    if any(size not in allowed for size, allowed in sizes) or any(p >= len(row.piece_grades) for p in pieces):
        return "the row's parts do not fit each other"
    return None


def _differences(before: object, now: object, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in {**before, **now}:
            yield from _differences(before.get(name), now.get(name), f"{path}.{name}")
    elif before != now:
        yield f"{path} was {_short(before)}, is {_short(now)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
