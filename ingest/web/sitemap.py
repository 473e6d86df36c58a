"""Sitemaps (sitemaps.org): told by their content, read as far as they go, indexes followed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import error as ZlibError

import httpx
from lxml import etree

from core.errors import ReadError
from ingest.web.addresses import parse_address
from ingest.web.client import Web
from ingest.web.gunzip import MAGIC, Gunzip

MAX_BYTES = 50 * 1024**2  # the protocol's own limits, unpacked
_MAX_LOCATIONS = 50_000
_MAX_TAGS = 2_000_000  # each takes far more time and memory than its few characters
_LOCATIONS_PER_PAGE = 50  # looked at in all, for each page that may be taken
_MAX_REFUSED = 20  # entries told one by one
_PIECE = 64 * 1024
_MAX_SITEMAPS = 1000
_MAX_DEPTH = 4
_MAX_CHARS_TOLD = 2000
_ENTRIES = {"urlset": "url", "sitemapindex": "sitemap"}


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses that a sitemap lists. ``fault`` is why the rest of it could not be read, None where all was."""

    is_index: bool
    locations: tuple[str, ...]
    fault: str | None = None


@dataclass(slots=True)
class Pages:
    """What a sitemap and those it refers to list. ``failures`` are the reasons why something of it is missing."""

    urls: list[tuple[httpx.URL, bool]] = field(default_factory=list)
    failures: list[tuple[str, ReadError]] = field(default_factory=list)
    refused: int = 0

    def refuse(self, entry: str, error: ReadError) -> None:
        """Of entries, only the first ones are told by themselves."""
        self.refused += 1
        if self.refused <= _MAX_REFUSED:
            self.failures.append((entry[:_MAX_CHARS_TOLD], error))


def is_sitemap(data: bytes) -> bool:
    """Whether the root element is a sitemap's."""
    try:
        return _root(_parse(data)) in _ENTRIES
    except (etree.XMLSyntaxError, ZlibError):
        return False


def read_sitemap(data: bytes) -> Sitemap:
    """What it lists; entities are not expanded, nothing is fetched. For data that ``is_sitemap``."""
    locations: list[str] = []
    fault: str | None = None
    root = ""
    try:
        for event, element in _parse(data):
            if event == "start":
                root = root or etree.QName(element).localname
                continue
            parent = element.getparent()
            if parent is None:
                continue
            name = etree.QName(element)
            if name.localname == "loc" and _is_entry(parent, root, name.namespace):
                if len(locations) == _MAX_LOCATIONS:
                    fault = f"it has more than {_MAX_LOCATIONS:,} entries"
                    break
                locations.append((element.text or "").strip())
            element.clear(keep_tail=True)  # so that a long list does not stay in memory
            while (before := element.getprevious()) is not None:
                parent.remove(before)
    except (etree.XMLSyntaxError, ZlibError) as error:
        fault = str(error)
    return Sitemap(root == "sitemapindex", tuple(filter(None, locations)), fault)


def pages_of(
    web: Web,
    url: httpx.URL,
    data: bytes,
    may_be_private: bool,
    limit: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Pages:
    """The pages of a sitemap whose bytes are ``data``, at most ``limit`` of them, each once.

    Those found so far where ``is_stopping`` says so, which is asked before each of the sitemaps.
    """
    pages = Pages()
    _follow(pages, web, url, data, may_be_private, limit, is_stopping)
    if (more := pages.refused - _MAX_REFUSED) > 0:
        like = ReadError(f"{url} has {more:,} more entries like it.", "Tell the operator of the sitemap.")
        pages.failures.append((str(url), like))
    return pages


def _follow(
    pages: Pages,
    web: Web,
    url: httpx.URL,
    data: bytes,
    may_be_private: bool,
    limit: int,
    is_stopping: Callable[[], bool],
) -> None:
    looked_at, most = 0, max(_MAX_LOCATIONS, limit * _LOCATIONS_PER_PAGE)
    seen: set[str] = {str(url)}
    listed: set[str] = set()
    waiting: list[tuple[httpx.URL, bool, int, bytes | None]] = [(url, may_be_private, 0, data)]
    while waiting and not is_stopping():
        at, private, depth, body = waiting.pop(0)
        try:
            if body is None:
                answer = web.get(at, MAX_BYTES, may_be_private=private)
                body, private = answer.body, private and not answer.is_public
                if not is_sitemap(body):
                    raise ReadError(f"{at} is not a sitemap, though one lists it as such.", "Tell its operator.")
        except ReadError as error:
            pages.failures.append((str(at), error))
            continue
        found = read_sitemap(body)
        if found.fault:
            fault = ReadError(f"The sitemap {at} is broken: {found.fault}.", "What comes before was read.")
            pages.failures.append((str(at), fault))
        for location in dict.fromkeys(found.locations):
            looked_at += 1
            if looked_at > most:
                pages.failures.append((str(url), _cut(url, limit)))
                return
            try:
                target = parse_address(location, at)
            except ReadError as error:
                pages.refuse(location, error)
                continue
            if not found.is_index:
                if str(target) in listed:
                    continue
                if len(listed) >= limit:
                    pages.failures.append((str(url), _cut(url, limit)))
                    return
                listed.add(str(target))
                pages.urls.append((target, private))
            elif str(target) not in seen:
                if depth + 1 >= _MAX_DEPTH or len(seen) >= _MAX_SITEMAPS:
                    pages.refuse(str(target), ReadError(f"{target} is nested too deep.", "Name it itself."))
                    continue
                seen.add(str(target))
                waiting.append((target, private, depth + 1, None))


def _cut(url: httpx.URL, limit: int) -> ReadError:
    return ReadError(
        f"{url} lists more pages than the limit of {limit:,} lets in; the first ones were taken.",
        "Raise the setting web.max_pages. Nothing that the list does not hold any more is removed meanwhile.",
    )


def _is_entry(element: Any, root: str, namespace: str | None) -> bool:
    """Whether it is a page's or sitemap's entry: images and videos have places of their own in other namespaces."""
    name = etree.QName(element)
    return bool(name.localname == _ENTRIES.get(root) and name.namespace == namespace)


def _parse(data: bytes) -> Iterator[tuple[str, Any]]:
    plain = (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
    unpacked = Gunzip().feed(data) if data.startswith(MAGIC) else plain
    parser = etree.XMLPullParser(
        ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    size = tags = 0
    for piece in unpacked:
        size += len(piece)
        if size > MAX_BYTES:
            raise ZlibError("it has more than 50 MiB")
        tags += piece.count(b"<")
        if tags > _MAX_TAGS:
            raise ZlibError(f"it has more than {_MAX_TAGS:,} tags")
        try:
            parser.feed(piece)
        finally:  # what was whole before a fault counts
            yield from parser.read_events()
    parser.close()


def _root(events: Iterator[tuple[str, Any]]) -> str:
    for _, element in events:
        return str(etree.QName(element).localname)
    return ""
