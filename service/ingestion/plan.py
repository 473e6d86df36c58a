"""What is to be done for some sources: told by their bytes, before anything is read or written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.errors import ArchiveUnfinished, Conflict, ReadError, SourceGone
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
        *,
        read_again: bool = False,
    ) -> None:
        """``reader`` names what would read a source now: what another version failed at is tried again.
        With ``read_again``, sources are read whose bytes are as they were.
        """
        self.known = known
        self.read_again = read_again
        self._failures = {uri: failure for uri, failure in failures.items() if failure.reader == reader}
        self.failing = {*failures}
        self._unfinished = {uri for uri, failure in failures.items() if failure.code == ArchiveUnfinished.code}
        self._max_bytes = max_bytes
        self._members: dict[str, list[str]] = {}
        for uri in [*(uri for uri, source in known.items() if "container" in source.metadata), *failures]:
            archive, bar, _ = uri.partition(_MEMBER)
            if bar:
                self._members.setdefault(archive, []).append(uri)

    def plan(self, listing: Listing, *, prune: bool, fetch: bool = False) -> Iterator[Plan]:
        """The plan as it grows, once a source; the last one is whole.

        Sources of other machines are asked while they are read, not here, unless ``fetch`` says so. A place that had
        documents and has none at all any more fails, and nothing of it goes: that is more often a missing disk than
        a wish. Raises Conflict where it is all that was listed.
        """
        plan = Plan()
        for uri, error in listing.failures:
            plan.settled.append(FileResult(uri, uri, FileStatus.FAILED, error=error))
        found = {source.uri for source in listing.sources}
        emptied: dict[str, list[str]] = {}
        if prune:
            plan.gone, emptied = self._gone(listing, found)
            plan.forgotten = self._forgotten(listing.scopes, found)
        if emptied and not found:
            raise _emptied(*next(iter(emptied.items())))
        lost = [*plan.gone, *(uri for uris in emptied.values() for uri in uris)]
        before = {self.known[uri].sha256: uri for uri in reversed(lost)}
        for source in listing.sources:
            if fetch or isinstance(source, FileSource):
                self._compare(source, plan, before, prune=prune)
            else:
                plan.tasks.append(Task(source, self.known.get(source.uri)))
            yield plan
        moved = {task.moved_from for task in plan.tasks}
        plan.gone = [uri for uri in plan.gone if uri not in moved]
        for place, uris in emptied.items():
            if missing := [uri for uri in uris if uri not in moved]:
                plan.settled.append(FileResult(place, place, FileStatus.FAILED, error=_emptied(place, missing)))
        yield plan

    def _compare(self, source: Source, plan: Plan, before: dict[str, str], *, prune: bool) -> None:
        known = self.known.get(source.uri)
        try:
            content = source.load(known.metadata if known else {}, self._max_bytes)
        except SourceGone as error:
            if known is None or not prune:
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
        plan.tasks.append(Task(source, known, moved_from))

    def settled(self, source: Source, content: Content | None) -> list[FileResult] | None:
        """What became of a source whose bytes are as they were; None for one to read. ``content`` None: not loaded,
        since the place said that nothing changed."""
        if self.read_again:
            return None
        known = self.known.get(source.uri)
        members = [] if source.uri in self._unfinished else self._members.get(source.uri, [])
        if content is None:
            return self._as_before(members) if members else [_unchanged(source.uri, source.name, known)]
        digest = content_hash(content.data)
        if known is not None and known.sha256 == digest:
            return [_unchanged(source.uri, source.name, known)]
        failure = self._failures.get(source.uri)
        if failure is not None and failure.sha256 == digest and source.uri not in self._unfinished:
            return [_failed_before(failure, source.name)]
        if members and is_archive(content.data, source.name) and all(self._container(m) == digest for m in members):
            return self._as_before(members)
        return None

    def members_before(self, archive_uri: str) -> list[str]:
        """The addresses that an archive's members had when it was last read."""
        return self._members.get(archive_uri, [])

    def _container(self, uri: str) -> str:
        """The digest of the archive that a member was read from; none where it is to be tried again."""
        if known := self.known.get(uri):
            return known.metadata.get("container", "")
        return self._failures[uri].sha256 if uri in self._failures else ""

    def _as_before(self, members: list[str]) -> list[FileResult]:
        return [
            _unchanged(uri, uri.rpartition("/")[2], self.known[uri])
            if uri in self.known
            else _failed_before(self._failures[uri], uri.rpartition("/")[2])
            for uri in members
        ]

    def _forgotten(self, scopes: list[Scope], found: set[str]) -> list[str]:
        lost = [uri for uri in self.failing if uri not in found and uri.partition(_MEMBER)[0] not in found]
        return [uri for uri in lost if any(scope.covers(uri, None) for scope in scopes)]

    def _gone(self, listing: Listing, found: set[str]) -> tuple[list[str], dict[str, list[str]]]:
        """What places do not hold any more, sorted; and of those that hold nothing at all, by place."""
        gone: dict[str, None] = {}
        emptied: dict[str, list[str]] = {}
        missing = {uri: known for uri, known in self.known.items() if uri not in found and self._base(uri) not in found}
        for scope in listing.scopes:
            lost = [uri for uri, known in missing.items() if scope.covers(uri, known.metadata.get("scope"))]
            if lost and not any(scope.covers(uri, listing.scope_of.get(uri)) for uri in found):
                emptied[scope.name] = lost
            else:
                gone |= dict.fromkeys(lost)
        return sorted(gone), emptied

    def _base(self, uri: str) -> str:
        """The archive that a document was read from; of others their own address."""
        return uri.partition(_MEMBER)[0] if "container" in self.known[uri].metadata else uri


def _emptied(place: str, lost: list[str]) -> Conflict:
    return Conflict(
        f"Nothing to read was found in {place}, but {len(lost)} documents came from there before.",
        "If they are to be removed, use `footnoted remove`; if a disk is missing, mount it.",
    )


def failed(source: Source, error: ReadError) -> FileResult:
    return FileResult(source.uri, source.name, FileStatus.FAILED, error=error)


def _unchanged(uri: str, name: str, known: KnownSource | None) -> FileResult:
    return FileResult(uri, name, FileStatus.UNCHANGED, known.document_id if known else None)


def _failed_before(failure: FailedSource, name: str) -> FileResult:
    error = ReadError(failure.message, failure.hint)
    error.code = failure.code
    note = "It did not change since it failed, and was not tried again."
    return FileResult(failure.uri, name, FileStatus.FAILED, error=error, notes=(note,))
