"""What is to be done for some sources: told by their bytes, before anything is read or written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.errors import Conflict, ReadError, SourceGone
from index.known import FailedSource, KnownSource
from ingest.archives import is_archive
from ingest.read import content_hash
from ingest.sources import Content, FileSource, Listing, Scope, Source
from service.ingestion.report import FileResult, FileStatus

_MEMBER = "!/"


@dataclass(frozen=True, slots=True)
class Task:
    """A source to read. ``known`` is the document at its address, ``moved_from`` where the same bytes were before."""

    source: Source
    known: KnownSource | None
    moved_from: str | None = None


@dataclass(slots=True)
class Plan:
    """Sources to read, those that are settled without, and the addresses whose documents go.

    ``forgotten`` are those of failed sources that are not there any more.
    """

    tasks: list[Task] = field(default_factory=list)
    settled: list[FileResult] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


class Planner:
    """Compares a listing with what a collection knows of its sources."""

    def __init__(
        self,
        known: Mapping[str, KnownSource],
        failures: Mapping[str, FailedSource],
        reader: str,
        max_bytes: int,
    ) -> None:
        """``reader`` names what would read a source now: what another version failed at is tried again."""
        self.known = known
        self._failures = {uri: failure for uri, failure in failures.items() if failure.reader == reader}
        self._all_failures = [*failures]
        self._max_bytes = max_bytes
        self._members: dict[str, list[str]] = {}
        for uri in [*known, *self._failures]:
            archive, bar, _ = uri.partition(_MEMBER)
            if bar:
                self._members.setdefault(archive, []).append(uri)

    def plan(self, listing: Listing, *, prune: bool, fetch: bool = False) -> Iterator[Plan]:
        """The plan as it grows, once a source; the last one is whole.

        Sources of other machines are asked while they are read, not here, unless ``fetch`` says so.
        Raises Conflict when a place that had documents has none at all any more, which is more often a missing
        disk than a wish.
        """
        plan = Plan()
        for uri, error in listing.failures:
            plan.settled.append(FileResult(uri, uri, FileStatus.FAILED, error=error))
        found = {source.uri for source in listing.sources}
        if prune:
            plan.gone = self._gone(listing, found)
            plan.forgotten = self._forgotten(listing.scopes, found)
        before = {self.known[uri].sha256: uri for uri in reversed(plan.gone)}
        for source in listing.sources:
            if fetch or isinstance(source, FileSource):
                self._compare(source, plan, before)
            else:
                plan.tasks.append(Task(source, self.known.get(source.uri)))
            yield plan
        yield plan

    def _compare(self, source: Source, plan: Plan, before: dict[str, str]) -> None:
        known = self.known.get(source.uri)
        try:
            content = source.load(known.metadata if known else {}, self._max_bytes)
        except SourceGone as error:
            if known is None:
                plan.settled.append(failed(source, error))
            else:
                plan.gone.append(source.uri)
            return
        except ReadError as error:
            plan.settled.append(failed(source, error))
            return
        settled = self.settled(source, content)
        if settled is not None:
            plan.settled += settled
            return
        digest = content_hash(content.data) if content else ""
        moved_from = before.pop(digest, None) if known is None else None
        if moved_from is not None:
            plan.gone.remove(moved_from)
        plan.tasks.append(Task(source, known, moved_from))

    def settled(self, source: Source, content: Content | None) -> list[FileResult] | None:
        """What became of a source whose bytes are as they were; None for one to read. ``content`` None: not loaded,
        since the place said that nothing changed."""
        known = self.known.get(source.uri)
        if content is None:
            members = self._members.get(source.uri, [])
            return self._as_before(members) if members else [_unchanged(source.uri, source.name, known)]
        digest = content_hash(content.data)
        if known is not None and known.sha256 == digest:
            return [_unchanged(source.uri, source.name, known)]
        failure = self._failures.get(source.uri)
        if failure is not None and failure.sha256 == digest:
            return [_failed_before(failure, source.name)]
        members = self._members.get(source.uri, [])
        if members and is_archive(content.data, source.name) and all(self._container(m) == digest for m in members):
            return self._as_before(members)
        return None

    def members_before(self, archive_uri: str) -> list[str]:
        """The addresses that an archive's members had when it was last read."""
        return self._members.get(archive_uri, [])

    def _container(self, uri: str) -> str:
        known = self.known.get(uri)
        return known.metadata.get("container", "") if known else self._failures[uri].sha256

    def _as_before(self, members: list[str]) -> list[FileResult]:
        return [
            _unchanged(uri, uri.rpartition("/")[2], self.known[uri])
            if uri in self.known
            else _failed_before(self._failures[uri], uri.rpartition("/")[2])
            for uri in members
        ]

    def _forgotten(self, scopes: list[Scope], found: set[str]) -> list[str]:
        lost = [uri for uri in self._all_failures if uri not in found and uri.partition(_MEMBER)[0] not in found]
        return [uri for uri in lost if any(scope.covers(uri, None) for scope in scopes)]

    def _gone(self, listing: Listing, found: set[str]) -> list[str]:
        gone: dict[str, None] = {}
        for scope in listing.scopes:
            covered = [uri for uri, known in self.known.items() if scope.covers(uri, known.metadata.get("scope"))]
            lost = [uri for uri in covered if uri not in found and uri.partition(_MEMBER)[0] not in found]
            if lost and not any(scope.covers(uri, listing.scope_of.get(uri)) for uri in found):
                raise Conflict(
                    f"Nothing to read was found in {scope.name}, but {len(lost)} documents came from there before.",
                    "If they are to be removed, use `footnoted remove`; if a disk is missing, mount it.",
                )
            gone |= dict.fromkeys(lost)
        return sorted(gone)


def failed(source: Source, error: ReadError) -> FileResult:
    return FileResult(source.uri, source.name, FileStatus.FAILED, error=error)


def _unchanged(uri: str, name: str, known: KnownSource | None) -> FileResult:
    return FileResult(uri, name, FileStatus.UNCHANGED, known.document_id if known else None)


def _failed_before(failure: FailedSource, name: str) -> FileResult:
    error = ReadError(failure.message, failure.hint)
    error.code = failure.code
    note = "It did not change since it failed, and was not tried again."
    return FileResult(failure.uri, name, FileStatus.FAILED, error=error, notes=(note,))
