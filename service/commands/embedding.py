"""``footnoted doctor --origin``: whether a page can show the chat, tried as a browser would."""

import re
import ssl
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from core.errors import InvalidRequest
from service.embedding.bounded_http import BoundedHttp, CallFailed
from service.embedding.finding import Finding
from service.embedding.page import Page, read_page
from service.embedding.page_checks import check_mixed_content, check_policies, check_tag
from service.embedding.reaching import check_certificate, check_name, check_plain_http, check_private, check_reached
from service.embedding.server_checks import Caller, check_preflight, check_session, check_stream, check_widget
from service.sites.origins import normal_origin

_SITE_ID = re.compile(r"site_[A-Za-z0-9_-]{1,32}")
_NO_SITE_ID = "`footnoted sites list` and the operator's pages show the ids: site_ and 12 characters."
_MOST_CHARS = 2000  # of a message: parts of it are what a stranger's server sent


def embedding_findings(page_url: str, server: str, site: str | None) -> list[Finding]:
    """Tries everything between a page and the server. Raises InvalidRequest for addresses and ids that are none."""
    if site is not None and not _SITE_ID.fullmatch(site):
        raise InvalidRequest(f"--site {site} is not the id of a site.", _NO_SITE_ID)
    page_url = _page_address(page_url)
    server = _server_address(server)
    context = ssl.create_default_context()
    found = _findings(BoundedHttp(context), page_url, server, site)
    return [replace(one, message=_printable(one.message), hint=_printable(one.hint)) for one in found]


def _findings(http: BoundedHttp, page_url: str, server: str, site: str | None) -> Iterator[Finding]:
    reached = yield from _reaching(http, server)
    page = yield from _page(http, page_url)
    at = page.url if page else page_url
    for found in (check_mixed_content(at, server), check_private(at, server)):
        if found is not None:
            yield found
    origin = _origin(at)
    site = site or (next((tag.site for tag in page.tags if tag.site), None) if page else None)
    widget = ""
    if reached:
        found, widget = check_widget(http, server, origin)
        yield found
        yield from _site(http, server, origin, site)
    if page is not None:
        yield from check_policies(page, server, site, widget)
        yield check_tag(page, server, site)


def _reaching(http: BoundedHttp, server: str) -> Generator[Finding, None, bool]:
    """Ends with whether there is any use in calling it."""
    name = check_name(server)
    if name.level == "failed":
        yield name
        return False
    certificate = check_certificate(server, http.context)
    if certificate is not None:
        yield certificate
        if certificate.level == "failed":
            return False
    reached = check_reached(http, server)
    yield reached
    if reached.level == "failed":
        return False
    yield from check_plain_http(http, server)
    return True


def _page(http: BoundedHttp, url: str) -> Generator[Finding, None, Page | None]:
    """Ends with the page, or None where it does not come: it may be for people who are signed in, or of an intranet."""
    try:
        page = read_page(http, url)
        origin = _origin(page.url)
    except (CallFailed, InvalidRequest) as error:
        hint = (
            "Run this where the page can be opened. The rest was checked without it, but not its policy and script tag."
        )
        yield Finding("page", "warning", f"{url} cannot be read: {str(error).rstrip('.')}.", hint)
        return None
    if page.status >= 400:
        hint = "What follows is about the page that says so. Name another page of the site, by its whole address."
        yield Finding("page", "warning", f"{page.url} answers with status {page.status}.", hint)
    elif origin != _origin(url):
        hint = f"What follows is about pages of {origin}: that is the origin to allow."
        yield Finding("page", "warning", f"{url} redirects to {page.url}.", hint)
    else:
        yield Finding("page", "ok", f"{page.url} was read")
    return page


def _site(http: BoundedHttp, server: str, origin: str, site: str | None) -> Iterator[Finding]:
    if site is None:
        hint = "Name it by --site: `footnoted sites list` and the operator's pages show its id."
        yield Finding("site", "warning", "Which site is not known, so its origins were not checked.", hint)
        return
    if not _SITE_ID.fullmatch(site):  # of the page's tag
        yield Finding("site", "failed", f"The script tag's data-site {site!r} is not the id of a site.", _NO_SITE_ID)
        return
    caller = Caller(http, server, origin, site)
    session, token = check_session(caller)
    yield session
    yield check_preflight(caller)
    if token:
        yield check_stream(caller, token)


def _page_address(given: str) -> str:
    parts = _split(given, "--origin")
    normal_origin(f"{parts.scheme}://{parts.netloc}")  # raises where no page can have it
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def _server_address(given: str) -> str:
    parts = _split(given, "--server")
    if parts.path not in ("", "/") or parts.query:
        raise InvalidRequest(
            f"--server {given} has a path.", "Footnoted has to be at the root of its host: https://answers.example.org"
        )
    return normal_origin(f"{parts.scheme}://{parts.netloc}")


def _split(given: str, option: str) -> SplitResult:
    try:
        parts = urlsplit(given.strip())
        usable = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "*" not in parts.netloc
        )
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequest(f"{option} {given} is no address of the web.", "Write it as https://www.example.org.")
    return parts


def _origin(url: str) -> str:
    """Raises InvalidRequest for what no page can have, where a redirect leads to it."""
    parts = urlsplit(url)
    return normal_origin(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")


def _printable(text: str) -> str:
    """Without what would control a terminal."""
    shown = text if len(text) <= _MOST_CHARS else text[:_MOST_CHARS] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in shown)
