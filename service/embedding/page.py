"""A page that is to show the widget: its policies and our script tag in it, as a browser would get them."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from service.addresses import WIDGET_PATH
from service.embedding.bounded_http import BoundedHttp
from service.embedding.csp import Policy, Script, parse_policies

# Far more than a page's HTML has; as elements it takes some sixty times the memory.
_MAX_CHARS = 1024**2


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
    is_whole: bool


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as it has them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def joined(base: str, address: str) -> str:
    """The address from the base on; the base itself where it is none, as browsers load nothing then."""
    try:
        joined = urljoin(base, address)
        urlsplit(joined)
    except ValueError:
        return base
    return joined


def read_page(http: BoundedHttp, url: str) -> Page:
    """Fetch a page; its first MiB is looked at. Raises CallFailed."""
    answer = http.call("GET", url, headers={"Accept": "text/html,*/*;q=0.5"}, follow=True)
    return page_of(answer.url, answer.status, answer.headers, answer.text)


def page_of(url: str, status: int, headers: httpx.Headers, html: str) -> Page:
    """What a page says of scripts and connections. All of its policies apply, wherever they stand."""
    policies = [
        policy
        for value in headers.get_list("content-security-policy")
        for policy in parse_policies(value, "the header Content-Security-Policy")
    ]
    tree = LexborHTMLParser(html[:_MAX_CHARS])
    base = tree.css_first("base[href]")
    root = joined(url, base.attributes.get("href") or "") if base else url
    for meta in tree.css("head meta[http-equiv]"):  # elsewhere browsers pass it over
        if (meta.attributes.get("http-equiv") or "").strip().lower() == "content-security-policy":
            content = meta.attributes.get("content") or ""
            policies += parse_policies(content, "the page's <meta http-equiv>", in_meta=True)
    tags = []
    for element in tree.css("script[src]"):
        source = joined(root, (element.attributes.get("src") or "").strip())
        if urlsplit(source).path.endswith(WIDGET_PATH):
            given = element.attributes
            script = Script(source, given.get("nonce") or "", given.get("integrity") or "")
            tags.append(WidgetTag(script, given.get("data-site")))
    reported_only = "content-security-policy-report-only" in headers
    has_element = tree.css_first("footnoted-chat") is not None
    return Page(url, status, tuple(policies), reported_only, tuple(tags), has_element, len(html) <= _MAX_CHARS)
