"""``footnoted doctor --origin``: whether a page can show the chat, tried as a browser would."""

import ssl
from collections.abc import Generator, Iterator
from urllib.parse import SplitResult, urlsplit

import httpx

from core.errors import InvalidRequest
from service.embedding.finding import Finding
from service.embedding.page import Page, read_page
from service.embedding.page_checks import check_mixed_content, check_policies, check_tag
from service.embedding.reaching import (
    TIMEOUT_S,
    check_certificate,
    check_name,
    check_plain_http,
    check_private,
    check_reached,
)
from service.embedding.server_checks import Caller, check_preflight, check_session, check_stream, check_widget
from service.settings import Settings
from service.sites.origins import normal_origin

_ANSWER_S = 120.0
_BROWSER = "Mozilla/5.0 (compatible; footnoted doctor)"  # some sites turn away what does not look like one
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def address_of(settings: Settings) -> str:
    """Where the service of these settings answers on this machine."""
    host = settings.server.host
    shown = _EVERY_ADDRESS.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{settings.server.port}"


def embedding_findings(page_url: str, server: str, site: str | None) -> list[Finding]:
    """Tries everything between a page and the server. Raises InvalidRequest for addresses that are none."""
    page_url = _page_address(page_url)
    server = _server_address(server)
    context = ssl.create_default_context()
    timeout = httpx.Timeout(TIMEOUT_S, read=_ANSWER_S)
    with httpx.Client(verify=context, timeout=timeout, headers={"User-Agent": _BROWSER}) as client:
        return list(_findings(client, context, page_url, server, site))


def _findings(
    client: httpx.Client, context: ssl.SSLContext, page_url: str, server: str, site: str | None
) -> Iterator[Finding]:
    reached = yield from _reaching(client, context, server)
    page = yield from _page(client, page_url)
    at = page.url if page else page_url
    for found in (check_mixed_content(at, server), check_private(at, server)):
        if found is not None:
            yield found
    origin = _origin(at)
    site = site or (next((tag.site for tag in page.tags if tag.site), None) if page else None)
    widget = ""
    if reached:
        found, widget = check_widget(client, server, origin)
        yield found
        yield from _site(client, server, origin, site)
    if page is not None:
        yield from check_policies(page, server, site, widget)
        yield check_tag(page, server, site)


def _reaching(client: httpx.Client, context: ssl.SSLContext, server: str) -> Generator[Finding, None, bool]:
    """Ends with whether there is any use in calling it."""
    name = check_name(server)
    if name.level == "failed":
        yield name
        return False
    certificate = check_certificate(server, context)
    if certificate is not None:
        yield certificate
        if certificate.level == "failed":
            return False
    reached = check_reached(client, server)
    yield reached
    if reached.level == "failed":
        return False
    yield from check_plain_http(client, server)
    return True


def _page(client: httpx.Client, url: str) -> Generator[Finding, None, Page | None]:
    """Ends with the page, or None where it does not come: it may be for people who are signed in, or of an intranet."""
    try:
        page = read_page(client, url)
    except httpx.HTTPError as error:
        hint = (
            "Run this where the page can be opened. The rest was checked without it, but not its policy and script tag."
        )
        yield Finding("page", "warning", f"{url} cannot be read: {error or type(error).__name__}.", hint)
        return None
    if page.status >= 400:
        hint = "What follows is about the page that says so. Name another page of the site, by its whole address."
        yield Finding("page", "warning", f"{page.url} answers with status {page.status}.", hint)
    elif _origin(page.url) != _origin(url):
        hint = f"What follows is about pages of {_origin(page.url)}: that is the origin to allow."
        yield Finding("page", "warning", f"{url} redirects to {page.url}.", hint)
    else:
        yield Finding("page", "ok", f"{page.url} was read")
    return page


def _site(client: httpx.Client, server: str, origin: str, site: str | None) -> Iterator[Finding]:
    if site is None:
        hint = "Name it by --site: `footnoted sites list` and the operator's pages show its id."
        yield Finding("site", "warning", "Which site is not known, so its origins were not checked.", hint)
        return
    caller = Caller(client, server, origin, site)
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
    parts = urlsplit(url)
    return normal_origin(f"{parts.scheme}://{parts.netloc}")
