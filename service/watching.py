"""When a sync is due: files settled after a change, an interval of the web is over, a folder is back."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from core.errors import ReadError
from ingest.find import list_of
from ingest.globs import Glob, is_glob
from ingest.web.addresses import is_address

QUIET_MS = 500
"""Without a change for so long, files count as settled."""

LONGEST_MS = 10_000
"""Changes that never cease are taken in after so long all the same."""

_TICK_MS = 500
_Change = tuple[watchfiles.Change, str]
_Stamp = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Due:
    """The specifications to sync now; and places that went since the last time, which are not among them."""

    specs: tuple[str, ...] = ()
    vanished: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A specification of this machine: what is looked at, and ``glob`` where not all below it counts."""

    spec: str
    root: Path
    glob: Glob | None = None

    @classmethod
    def of(cls, spec: str) -> "_Place":
        if is_glob(spec) and not Path(spec).exists() and not list_of(spec):
            glob = Glob.of(Path(spec))
            return cls(spec, glob.base, glob)
        return cls(spec, (list_of(spec) or Path(spec)).absolute())

    def stamp(self) -> _Stamp:
        """What tells one file or folder from another in its place, and a file from what it was; None without any."""
        try:
            found = self.root.stat()
        except OSError:
            return None
        own = (found.st_dev, found.st_ino)
        return own if self.root.is_dir() else (*own, found.st_mtime_ns, found.st_size)

    def concerns(self, change: watchfiles.Change, path: Path) -> bool:
        """Whether what happened to a path may change what the specification names."""
        if not path.is_relative_to(self.root):
            return False
        if self.glob is None:
            return not any(part.startswith(".") for part in path.relative_to(self.root).parts)
        return self.glob.matches(path) or (
            self.glob.may_be_above(path) and (change is watchfiles.Change.deleted or path.is_dir())
        )


@dataclass(slots=True)
class Watch:
    """Specifications that are followed. ``without`` is a folder whose changes do not count: the data folder.

    Files that are named themselves, lists among them, are looked at twice a second. What a list names is read anew
    when the list changes and every ``every_s`` seconds, as the web is.
    """

    specs: Sequence[str]
    every_s: float
    without: Path
    stop: threading.Event
    _places: list[_Place] = field(default_factory=list)
    _seen: dict[str, _Stamp] = field(default_factory=dict)
    _synced: dict[str, _Stamp] = field(default_factory=dict)

    def due(self) -> Iterator[Due]:
        """All of them first, with the watch set up before, so that nothing in between is missed. Ends with ``stop``.

        Raises ReadError where the system refuses to watch.
        """
        self._places = [_Place.of(spec) for spec in self.specs if not is_address(spec)]
        self._seen = {place.spec: place.stamp() for place in self._places}
        self._synced = dict(self._seen)
        by_time = {spec for spec in self.specs if is_address(spec) or list_of(spec)}
        synced_at: float | None = None
        while not self.stop.is_set():
            standing = {place: stamp for place in self._places if place.root.is_dir() and (stamp := place.stamp())}
            for changes in self._changes([place.root for place in standing]):
                changed, vanished = self._look(changes)
                if synced_at is None or time.monotonic() - synced_at >= self.every_s:
                    changed |= by_time if synced_at is not None else set(self.specs)
                    synced_at = time.monotonic()
                if changed or vanished:
                    yield Due(tuple(spec for spec in self.specs if spec in changed), vanished)
                if self.stop.is_set() or self._is_stale(standing, changes):
                    # What comes before the next watch is set up is told to nobody: those places are due anyway.
                    self._synced |= {place.spec: None for place in standing if place.stamp() is not None}
                    break

    def _look(self, changes: Iterable[_Change]) -> tuple[set[str], tuple[Path, ...]]:
        """The specifications to sync, and the places that are gone."""
        changed, vanished, gone = set(), [], set()
        paths = [(change, Path(path)) for change, path in changes]
        for place in self._places:
            now, before = place.stamp(), self._seen[place.spec]
            self._seen[place.spec] = now
            if now is None:
                gone.add(place.spec)
            if now != self._synced[place.spec] and now == before:  # it stayed so for a tick
                self._synced[place.spec] = now
                if now is None:
                    vanished.append(place.root)
                else:
                    changed.add(place.spec)
            elif any(place.concerns(change, path) and not self._is_own(path) for change, path in paths):
                changed.add(place.spec)
        if changed:  # a file may have moved from one place to another: all that is there is synced together
            changed |= {place.spec for place in self._places if not list_of(place.spec)}
        return changed - gone, tuple(vanished)

    def _is_stale(self, standing: Mapping[_Place, _Stamp], changes: Iterable[_Change]) -> bool:
        """Whether the watch is on a folder that is not the one there now, though it may have the same number."""
        removed = {path for change, path in changes if change is watchfiles.Change.deleted}
        now = {place: place.stamp() for place in self._places if place.root.is_dir()}
        return standing != now or any(str(place.root) in removed for place in standing)

    def _is_own(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.without.resolve())

    def _changes(self, folders: Sequence[Path]) -> Iterator[Iterable[_Change]]:
        """Of the folders, once they are settled; none at every tick."""
        if not folders:
            while not self.stop.wait(_TICK_MS / 1000):
                yield ()
            return
        try:
            yield from watchfiles.watch(
                *folders,
                watch_filter=None,
                debounce=LONGEST_MS,
                step=QUIET_MS,
                rust_timeout=_TICK_MS,
                yield_on_timeout=True,
                stop_event=self.stop,
                raise_interrupt=False,
            )
        except FileNotFoundError:  # it went a moment ago
            self.stop.wait(_TICK_MS / 1000)
        except OSError as error:
            raise ReadError(
                f"The folders cannot be watched: {error.strerror or error}.",
                "Raise fs.inotify.max_user_watches, or set WATCHFILES_FORCE_POLLING=true.",
            ) from error
