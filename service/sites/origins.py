"""Origins of pages: one normal form for the operator's list and for what a browser sends, and whether they match."""

import ipaddress
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import SplitResult, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from core.errors import InvalidRequest

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  # browsers take a host that ends in one for an address, and write 127.0.0.1
_HOST_CHARS = 253
_WILDCARD = "*."
_EXAMPLES = "Write it as https://www.example.org, or https://*.example.org for all of its subdomains."


def normal_origin(text: str) -> str:
    """An entry of a site's list: scheme, host and port in lower case and ASCII, without the scheme's own port.

    ``https://*.host`` stands for the subdomains of a host, without the host itself. Raises InvalidRequest.
    """
    given = text.strip()
    if given == "*":
        raise InvalidRequest("The origin * would let every page use the site.", "Name the pages' origins one by one.")
    if given.lower() == "null":
        raise InvalidRequest(
            "The origin null cannot be allowed: any page can have it, by a sandboxed frame or a local file.",
            "Serve the page over http or https.",
        )
    parts = _split(given)
    if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.netloc:
        raise InvalidRequest(f"{given!r} is not an origin of the web.", _EXAMPLES)
    if parts.path not in ("", "/") or "?" in given or "#" in given or "@" in parts.netloc:
        raise InvalidRequest(
            f"{given!r} is more than an origin, which has a scheme, a host and a port only.", _EXAMPLES
        )
    name = parts.hostname or ""
    wildcard = name.startswith(_WILDCARD)
    host = _host(name.removeprefix(_WILDCARD), bracketed="[" in parts.netloc)
    if host is None or _bad_port(parts):
        raise InvalidRequest(f"{given!r} does not name a host and port that a browser could have.", _EXAMPLES)
    if wildcard and not _can_have_subdomains(host):
        raise InvalidRequest(f"{given!r} would let far more than one owner's pages use the site.", _EXAMPLES)
    port = parts.port
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{_WILDCARD if wildcard else ''}{host}{suffix}"


def origin_of_browser(header: str | None) -> str | None:
    """What a browser sent as ``Origin``, in the normal form; None for none, null, or what no browser sends."""
    if not header or "*" in header:
        return None
    try:
        return normal_origin(header)
    except InvalidRequest:
        return None


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """Whether an origin is on a list, both in the normal form."""
    return any(_matches(origin, one) for one in allowed)


def is_of_host(origin: str, host: str) -> bool:
    """Whether an origin, as a browser sent it, is that of the request's ``Host``: the page is the server's own.

    The scheme is not compared: behind a proxy that ends TLS the server does not know its own.
    """
    own = origin_of_browser(origin)
    return own is not None and origin_of_browser(f"{own.partition('://')[0]}://{host}") == own


def _matches(origin: str, allowed: str) -> bool:
    scheme, _, rest = allowed.partition("://")
    if not rest.startswith(_WILDCARD):
        return origin == allowed
    own_scheme, _, own = origin.partition("://")
    return own_scheme == scheme and own.endswith(rest[1:])


def _split(text: str) -> SplitResult | None:
    # urlsplit drops line breaks and tabs, and lets blanks and backslashes through: no origin has any.
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        return None
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _bad_port(parts: SplitResult) -> bool:
    try:
        return parts.port == 0
    except ValueError:
        return True


def _host(name: str, bracketed: bool) -> str | None:
    """In ASCII, as browsers write it; None where it is no host."""
    if bracketed:
        try:
            return f"[{ipaddress.IPv6Address(name).compressed}]"
        except ValueError:
            return None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = name.removesuffix(".").split(".")
    if len(name) > _HOST_CHARS or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name if not _NUMBER.fullmatch(labels[-1]) or _is_ipv4(name) else None


def _is_ipv4(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _can_have_subdomains(host: str) -> bool:
    """Nobody owns all that is below a public suffix, such as org, co.uk or github.io; an address has no subdomains."""
    if host == "localhost":
        return True
    return not (host.startswith("[") or _is_ipv4(host) or _public_suffixes().is_public(host.strip(".")))


@cache
def _public_suffixes() -> PublicSuffixList:
    """The list that browsers have too (https://publicsuffix.org), as it came with the package."""
    return PublicSuffixList()
