"""A page that is to show the widget: its policies and our script tag in it, as a browser would get them."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from service.embedding.csp import Policy, Script, parse_policies

_MAX_BYTES = 5 * 1024**2
WIDGET_PATH = "/widget.js"


@dataclass(frozen=True, slots=True)
class WidgetTag:
    """A script element of a page that loads the widget."""

    script: Script
    site: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: ``url`` is where it came from, after redirects."""

    url: str
    status: int
    policies: tuple[Policy, ...]
    reported_only: bool
    tags: tuple[WidgetTag, ...]
    has_element: bool

    @property
    def origin(self) -> str:
        return origin_of(self.url)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as it has them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def read_page(client: httpx.Client, url: str) -> Page:
    """Fetch a page; 5 MiB of it are looked at. Raises httpx.HTTPError."""
    with client.stream("GET", url, follow_redirects=True, headers={"Accept": "text/html,*/*;q=0.5"}) as response:
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _MAX_BYTES:
                break
    html = body.decode(response.charset_encoding or "utf-8", errors="replace")
    return page_of(str(response.url), response.status_code, response.headers, html)


def page_of(url: str, status: int, headers: httpx.Headers, html: str) -> Page:
    """What a page says of scripts and connections. All of its policies apply, wherever they stand."""
    policies = [
        policy
        for value in headers.get_list("content-security-policy")
        for policy in parse_policies(value, "the header Content-Security-Policy")
    ]
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    root = urljoin(url, base.attributes.get("href") or "") if base else url
    for meta in tree.css("head meta[http-equiv]"):  # elsewhere browsers pass it over
        if (meta.attributes.get("http-equiv") or "").strip().lower() == "content-security-policy":
            content = meta.attributes.get("content") or ""
            policies += parse_policies(content, "the page's <meta http-equiv>", in_meta=True)
    tags = []
    for element in tree.css("script[src]"):
        source = urljoin(root, (element.attributes.get("src") or "").strip())
        if urlsplit(source).path.endswith(WIDGET_PATH):
            given = element.attributes
            script = Script(source, given.get("nonce") or "", given.get("integrity") or "")
            tags.append(WidgetTag(script, given.get("data-site")))
    reported_only = "content-security-policy-report-only" in headers
    has_element = tree.css_first("footnoted-chat") is not None
    return Page(url, status, tuple(policies), reported_only, tuple(tags), has_element)
