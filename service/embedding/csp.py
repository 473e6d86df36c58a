"""Content-Security-Policy as browsers read it: which addresses the policies of a page let it load and call.

After https://www.w3.org/TR/CSP3/: parsing (2.2), matching (6.7.2). Only what decides on an outside script and
on connections is here.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_NETWORK = frozenset(_DEFAULT_PORTS)
_UPGRADES = {"http": {"http", "https"}, "ws": {"ws", "wss", "http", "https"}, "wss": {"wss", "https"}}
_SCHEME_SOURCE = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}|\*))?(?P<path>/[^?#]*)?",
    re.IGNORECASE,
)
_HASH = re.compile(r"'(sha(?:256|384|512))-([a-z0-9+/_=-]+)'", re.IGNORECASE)
# Directives that decide on a kind of load, the first one that a policy has; the last one is for all kinds.
SCRIPT = ("script-src-elem", "script-src", "default-src")
CONNECT = ("connect-src", "default-src")
_NOT_IN_META = frozenset({"frame-ancestors", "report-uri", "sandbox"})


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; ``directives`` are its values by lower-case name, ``where`` says where the page has it."""

    directives: Mapping[str, tuple[str, ...]]
    where: str

    def effective(self, names: Iterable[str]) -> str | None:
        """The first of the directives that the policy has."""
        return next((name for name in names if name in self.directives), None)


@dataclass(frozen=True, slots=True)
class Script:
    """A script element as a policy looks at it: where it is loaded from, its nonce and integrity."""

    url: str
    nonce: str = ""
    integrity: str = ""


def parse_policies(text: str, where: str, in_meta: bool = False) -> list[Policy]:
    """The policies of one header value (parted by commas), or of one meta element (which cannot do everything)."""
    found = []
    for serialized in [text] if in_meta else text.split(","):
        directives: dict[str, tuple[str, ...]] = {}
        for directive in serialized.split(";"):
            name, *values = directive.split() or [""]
            name = name.lower()
            if name and name not in directives and not (in_meta and name in _NOT_IN_META):  # the first one counts
                directives[name] = tuple(values)
        if directives:
            found.append(Policy(directives, where))
    return found


def allows_script(policy: Policy, script: Script, page: str) -> bool:
    """Whether the policy of the page at the address ``page`` lets it load the script by its tag."""
    name = policy.effective(SCRIPT)
    if name is None:
        return True
    sources = policy.directives[name]
    if script.nonce and any(source[:7].lower() == "'nonce-" and source[7:-1] == script.nonce for source in sources):
        return True
    if _integrity_allows(sources, script.integrity):
        return True
    if any(source.lower() == "'strict-dynamic'" for source in sources):
        return False  # then lists of hosts do not count
    return matches(script.url, sources, page)


def allows_connection(policy: Policy, url: str, page: str) -> bool:
    """Whether the policy lets the page call an address by fetch."""
    name = policy.effective(CONNECT)
    return name is None or matches(url, policy.directives[name], page)


def matches(url: str, sources: Iterable[str], page: str) -> bool:
    """Whether an address is in a source list of a page."""
    target, own = urlsplit(url), urlsplit(page)
    return any(_source_matches(target, source, own) for source in sources)


def _source_matches(target: SplitResult, source: str, own: SplitResult) -> bool:
    if source == "*":
        return target.scheme in _NETWORK or target.scheme == own.scheme
    if source.lower() == "'self'":
        return _is_self(target, own)
    if source.startswith("'"):
        return False  # 'none', a nonce, a hash or a keyword: none of them names an address
    if scheme := _SCHEME_SOURCE.fullmatch(source):
        return _scheme_matches(scheme[1].lower(), target.scheme)
    parts = _HOST_SOURCE.fullmatch(source)
    if parts is None:
        return False
    return (
        _scheme_matches((parts["scheme"] or own.scheme).lower(), target.scheme)
        and _host_matches(parts["host"].lower(), target.hostname or "")
        and _port_matches(parts["port"], (parts["scheme"] or "").lower(), target)
        and _path_matches(parts["path"], target.path)
    )


def _is_self(target: SplitResult, own: SplitResult) -> bool:
    if target.hostname != own.hostname or not _scheme_matches(own.scheme, target.scheme):
        return False
    both_default = _has_default_port(own) and _has_default_port(target)
    return _port(target) == _port(own) or both_default


def _scheme_matches(wanted: str, given: str) -> bool:
    return given == wanted or given in _UPGRADES.get(wanted, ())


def _host_matches(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])  # subdomains, not the domain itself
    return host == pattern.strip("[]")


def _port_matches(pattern: str | None, scheme: str, target: SplitResult) -> bool:
    if pattern == "*":
        return True
    if pattern is None:
        return _has_default_port(target)
    port = int(pattern)
    return port == _port(target) or (port == 80 and _port(target) == 443 and scheme in ("", "http", "ws"))


def _path_matches(pattern: str | None, path: str) -> bool:
    if pattern is None or pattern == "/" or (pattern == "" and not path):
        return True
    wanted, given = unquote(pattern), unquote(path)
    return given.startswith(wanted) if wanted.endswith("/") else given == wanted


def _port(address: SplitResult) -> int | None:
    return address.port or _DEFAULT_PORTS.get(address.scheme)


def _has_default_port(address: SplitResult) -> bool:
    return _port(address) == _DEFAULT_PORTS.get(address.scheme)


def _integrity_allows(sources: Iterable[str], integrity: str) -> bool:
    """All hashes of the element's integrity have to be in the list."""
    listed = {(found[1].lower(), _digest(found[2])) for source in sources if (found := _HASH.fullmatch(source))}
    given = [_HASH.fullmatch(f"'{one}'") for one in integrity.split()]
    return bool(given) and all(one is not None and (one[1].lower(), _digest(one[2])) in listed for one in given)


def _digest(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"))
    except binascii.Error:
        return text.encode()
