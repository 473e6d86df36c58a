"""A page or file of the web as a source."""

from collections.abc import Mapping

import httpx

from core.errors import ReadError, SourceGone
from ingest.sources import Content, check_size
from ingest.web.client import Web
from ingest.web.fetch import Fetched
from ingest.web.names import as_file, file_name
from ingest.web.sitemap import is_sitemap


class WebSource:
    """What an address gives. ``name`` is known for sure once it is loaded: it follows what the server says.

    ``kept`` is what came already, when the address was looked at; it is not asked for again.
    """

    def __init__(
        self, web: Web, url: httpx.URL, may_be_private: bool = True, kept: Fetched | SourceGone | None = None
    ) -> None:
        self._web = web
        self._url = url
        self._may_be_private = may_be_private
        self._kept = kept
        self._name = file_name(url, kept.headers if isinstance(kept, Fetched) else httpx.Headers())

    @property
    def uri(self) -> str:
        return str(self._url)

    @property
    def name(self) -> str:
        return self._name

    @property
    def size(self) -> int | None:
        return len(self._kept.body) if isinstance(self._kept, Fetched) else None

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        """The bytes, or None where the server says that they are as at the load that gave ``known``.

        Raises ReadError: SourceGone where the server says that there is nothing any more; TooLarge.
        """
        kept, self._kept = self._kept, None
        if isinstance(kept, SourceGone):
            raise kept
        if kept is not None:
            check_size(len(kept.body), kept.url.path, max_bytes)
        answer = kept or self._web.get(
            self._url, max_bytes, lambda url: _conditions(known, url), may_be_private=self._may_be_private
        )
        if answer.status == 304:
            if not _conditions(known, answer.url):
                raise ReadError(f"{answer.url} answers 304 without being asked for it.", "Tell its operator.")
            return None
        metadata = _validators(answer)
        if kept is not None and len(metadata) > 1 and metadata.items() <= known.items():
            return None
        if is_sitemap(answer.body):
            raise ReadError(f"{self.uri} is a sitemap.", "Put #sitemap after its address to read what it lists.")
        self._name = file_name(answer.url, answer.headers)
        return Content(as_file(answer.body, answer.headers), {**metadata, "file_name": self._name})


def _validators(answer: Fetched) -> dict[str, str]:
    """What tells whether it changed, and of which address it was said: a redirect may lead elsewhere next time."""
    found = {
        "etag": answer.headers.get("etag", ""),
        "last_modified": answer.headers.get("last-modified", ""),
        "fetched_from": str(answer.url),
    }
    return {name: value for name, value in found.items() if value}


def _conditions(known: Mapping[str, str], url: httpx.URL) -> dict[str, str]:
    if known.get("fetched_from") != str(url):
        return {}
    headers = {"If-None-Match": known.get("etag", ""), "If-Modified-Since": known.get("last_modified", "")}
    return {name: value for name, value in headers.items() if value}
