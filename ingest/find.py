"""What a specification names: a file, a folder, a glob, a page, a sitemap, or a list of these."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from core.errors import ReadError, SourceGone, TooLarge
from ingest.globs import Glob, is_glob
from ingest.sources import Listing, Scope, add_files, add_path, file_uri, is_within
from ingest.web.addresses import is_address, parse_address
from ingest.web.client import Web
from ingest.web.fetch import Fetched
from ingest.web.rules import WebRules
from ingest.web.sitemap import MAX_BYTES, is_sitemap, pages_of
from ingest.web.source import WebSource

_SITEMAP_ENDS = (".xml", ".xml.gz")
_SITEMAP_MARK = "#sitemap"
_LOOK_EVERY_S = 0.2


def find(
    specs: Sequence[str],
    web: WebRules | Web | None,
    without: Path | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Listing:
    """Every source that the specifications name.

    ``docs``, ``docs/a.pdf``, ``docs/**/*.md`` (a path of exactly that name goes first), ``https://…`` of a page, a file
    or a sitemap, ``@list.txt`` with one of these a line. What is found by a folder, glob, sitemap or list that could be
    read completely is in its scope. ``web`` is None where the web is not to be asked; ``without`` is a folder of which
    nothing is taken, such as the data folder: passed over in others, refused where it is named.

    Of the web, only what may be a sitemap by its address is asked for here, ``…#sitemap`` if nothing else says so.
    Once ``is_stopping`` says so, it ends with what was found until then, and nothing counts as read completely.
    """
    if isinstance(web, WebRules):
        web = Web(web, sleep=_sleep_until(is_stopping))
    finder = _Finder(web, without and without.resolve(), is_stopping)
    for spec in specs:
        finder.add(spec)
    if is_stopping():
        finder.listing.scopes.clear()
    return finder.listing


def list_of(spec: str) -> Path | None:
    """The file that a specification ``@list.txt`` names; None where it is no list."""
    return Path(spec[1:]) if spec.startswith("@") and not Path(spec).exists() else None


class _Finder:
    def __init__(self, web: Web | None, without: Path | None, is_stopping: Callable[[], bool]) -> None:
        self.listing = Listing(without=without)
        self._web = web
        self._is_stopping = is_stopping
        self._pages = 0

    def add(self, spec: str) -> None:
        """A specification of the command line."""
        named = list_of(spec)
        if self._is_stopping():
            return
        if is_address(spec):
            if self._has_room():
                self._add_address(spec, None)
            else:
                self.listing.fail(spec, *_cut(spec, self._limit))
        elif named is not None:
            self._add_list(named)
        else:
            self._add_path(Path(spec), None)

    def _add_path(self, path: Path, scope: str | None) -> list[str]:
        """Gives the uris of what could not be asked or read."""
        if not is_glob(str(path)) or _may_be(lambda: path.exists() or path.is_symlink()):
            return add_path(self.listing, path, scope)
        glob = Glob.of(path)
        if self.listing.is_own(glob.base):
            self.listing.fail_own(path)
            return []
        if not _may_be(glob.base.is_dir):
            self.listing.fail(str(path), f"{glob.base} is not a folder that is there.", "Check the path.")
            return []
        found = list(glob.files(self.listing.skips))
        if not found:
            self.listing.fail(str(path), f"No file matches {path}.", "Check the pattern; in a shell, quote it.")
        lost = add_files(self.listing, found, scope or str(glob))
        self.listing.scopes.append(_glob_scope(glob, lost))
        return lost

    def _add_list(self, file: Path) -> None:
        """Its scope leaves out what could not be found now: a line that fails says that its documents are wanted.

        Files in its folders and patterns belong to it, so that they go with their line. Where a folder could not be
        read whole, it is not known which files elsewhere it has links to: then nothing goes.
        """
        try:
            text = file.read_text(encoding="utf-8-sig")
            if "\0" in text:
                raise UnicodeError
            lines = text.splitlines()
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.listing.fail(f"@{file}", f"The list {file} cannot be read: {why}.", "Check the path.")
            return
        name, is_whole, failing = f"@{file.resolve()}", True, []
        for line in (stripped for line in lines if (stripped := line.strip()) and not stripped.startswith("#")):
            if self._is_stopping():
                return
            before = len(self.listing.failures)
            if is_address(line):
                if not (is_whole := self._has_room()):
                    self.listing.fail(f"@{file}", *_cut(f"The list {file}", self._limit))
                    break
                self._add_address(line, name)
            elif line.startswith("@"):
                self.listing.fail(f"{file}: {line}", f"{file} names another list, {line}.", "Name that one by itself.")
                is_whole = False
            elif self._add_path(file.parent / line, name):
                is_whole = False
            if len(self.listing.failures) > before:
                failing.append(_place(line, file.parent))
        if is_whole:
            self.listing.scopes.append(Scope(name, lambda uri, scope: scope == name and not is_within(uri, failing)))

    def _add_address(self, text: str, scope: str | None) -> None:
        """What may be a sitemap is asked for now, since what it is shows by its content only."""
        if self._web is None:
            self.listing.fail(text, f"{text} is an address of the web, which is not read here.", "Save it as a file.")
            return
        try:
            url = parse_address(text)
            if str(url) in self.listing:
                return
            kept = self._web.get(url, MAX_BYTES) if _may_be_sitemap(text) else None
        except SourceGone as error:
            self._add_page(WebSource(self._web, url, kept=error), scope)
        except TooLarge:  # no sitemap is; a file may be, and its own limit is another
            self._add_page(WebSource(self._web, url), scope)
        except ReadError as error:
            self.listing.failures.append((text, error))
        else:
            if kept is not None and is_sitemap(kept.body):
                self._add_sitemap(self._web, url, kept)
            else:
                self._add_page(WebSource(self._web, url, kept=kept), scope)

    def _add_sitemap(self, web: Web, url: httpx.URL, answer: Fetched) -> None:
        name = str(url) if _may_be_sitemap(str(url)) else f"{url}{_SITEMAP_MARK}"  # to be named by it again
        room = self._limit - self._pages
        pages = pages_of(web, url, answer.body, not answer.is_public, room, self._is_stopping)
        for page, may_be_private in pages.urls:
            self._add_page(WebSource(web, page, may_be_private), name)
        self.listing.failures += pages.failures
        if not pages.failures:
            self.listing.scopes.append(Scope(name, lambda _, scope: scope == name))

    @property
    def _limit(self) -> int:
        return self._web.rules.max_pages if self._web else 1

    def _has_room(self) -> bool:
        return self._pages < self._limit

    def _add_page(self, source: WebSource, scope: str | None) -> None:
        if source.uri not in self.listing:
            self._pages += 1
            self.listing.add(source, scope)


def _glob_scope(glob: Glob, lost: Sequence[str]) -> Scope:
    """Links lead to files elsewhere, which do not match; that they were found by the pattern is on record."""
    name = str(glob)

    def covers(uri: str, scope: str | None) -> bool:
        if not glob.matches_uri(uri):
            return scope == name and not lost  # else the link may be in what could not be read
        return not is_within(uri, lost)

    return Scope(name, covers)


def _may_be(is_there: Callable[[], bool]) -> bool:
    """True also where it cannot be asked: who reads it tells why."""
    try:
        return is_there()
    except OSError:
        return True


def _place(line: str, folder: Path) -> str:
    """What the documents of a list's line lie in, as a uri."""
    if is_address(line):
        try:
            return str(parse_address(line))
        except ReadError:
            return line
    path = folder / line
    return file_uri(Glob.of(path).base if is_glob(str(path)) and not _may_be(path.exists) else path)


def _sleep_until(is_stopping: Callable[[], bool]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not is_stopping():
            time.sleep(min(left, _LOOK_EVERY_S))

    return sleep


def _cut(what: str, limit: int) -> tuple[str, str]:
    return f"{what} goes beyond the limit of {limit:,} pages.", "Raise the setting web.max_pages."


def _may_be_sitemap(address: str) -> bool:
    """By its name: a thousand pages are not asked for, nor kept, before the first of them is read."""
    address = address.lower()
    path = address.partition("#")[0].partition("?")[0]
    return path.endswith(_SITEMAP_ENDS) or "sitemap" in address
