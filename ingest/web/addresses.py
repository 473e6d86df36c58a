"""Which addresses may be asked: the form of a URL, and whether where it leads is public.

Checks of a name alone prove nothing: whoever owns it decides what it resolves to, and may decide otherwise a moment
later. So the resolved addresses are checked, all of them, and the connection goes to one that was (``fetch.py``).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin

import httpx

from core.errors import ReadError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
_UNICAST = ipaddress.IPv6Network("2000::/3")  # the only range that IANA gives public IPv6 addresses from
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_TEREDO = ipaddress.IPv6Network("2001::/32")
# Not public (IANA's special-purpose registries), but ``is_global`` of Pythons before 3.13 says that they are.
_SPECIAL = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments, a cloud's metadata among them
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, given up
    ipaddress.IPv6Network("3fff::/20"),  # documentation
)
_HOST_SERVICES = frozenset({ipaddress.ip_address("168.63.129.16")})  # public by its number, but Azure's host machine


def is_address(spec: str) -> bool:
    """Whether a specification is meant as an address of the web."""
    return spec.lower().startswith(("http://", "https://"))


def parse_address(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """In one spelling, without its fragment; ``base`` is where it is written, if it may be a relative one.

    Raises ReadError for what is not a plain http(s) address.
    """
    try:
        url = httpx.URL(urljoin(str(base or ""), text.strip()))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise ReadError(f"{text[:200]} is not an address: {error}.", "Correct it.") from error
    if url.scheme not in _PORTS:
        raise ReadError(f"{text[:200]} is neither http nor https.", "Only addresses of the web can be fetched.")
    if url.userinfo:
        bare = url.copy_with(username=None, password=None)
        raise ReadError(f"The address of {bare.host} holds a user name or password.", f"Use {bare} without them.")
    if not url.host:
        raise ReadError(f"{text[:200]} names no host.", "Correct it.")
    if "%" in url.host:  # what no host's name has, such as half a bracket, comes out of the parser so
        raise ReadError(f"{text[:200]} is not an address: its host is no name.", "Correct it.")
    if url.port is not None and not 1 <= url.port <= _MAX_PORT:
        raise ReadError(f"{text[:200]} is not an address: no port is {url.port}.", "Correct it.")
    return url.copy_with(fragment=None)


def port_of(url: httpx.URL) -> int:
    """The port that is asked."""
    return url.port or _PORTS[url.scheme]


def is_public(address: IPAddress) -> bool:
    """Whether anyone on the internet reaches the same machine there. IPv4 inside IPv6 counts as what it leads to."""
    inner = _unwrapped(address)
    if isinstance(inner, ipaddress.IPv6Address) and (inner not in _UNICAST or inner in _TEREDO):
        return False
    if any(inner in network for network in _SPECIAL):
        return False
    return inner.is_global and not inner.is_multicast and inner not in _HOST_SERVICES


def check_reachable(host: str, addresses: Sequence[IPAddress], allowed: Iterable[str], may_be_private: bool) -> bool:
    """Whether the addresses of a host are all public; if not, they have to be allowed. Raises ReadError.

    ``may_be_private`` is False where the address came from a public page: that must not choose what of a private
    network is read.
    """
    hidden = [address for address in addresses if not is_public(address)]
    if not hidden:
        return True
    shown = f"{host} is at {hidden[0]}" if host != str(hidden[0]) else host
    if not all(_is_allowed(host, address, allowed) for address in hidden):
        raise ReadError(
            f"{shown}, which is not a public address.",
            "If this server is meant to read it, add the host or its network to the setting web.allowed_private.",
        )
    if not may_be_private:
        raise ReadError(
            f"{shown}, which is not a public address, and a public page leads there.",
            "If it is meant to be read, name the address itself.",
        )
    return False


def parse_allowed(entry: str) -> _Network | str:
    """An entry of ``allowed_private``: a network, an address, or a host's name in lower case. Raises ValueError."""
    entry = entry.strip().lower()
    try:
        return ipaddress.ip_network(entry.strip("[]"))
    except ValueError:
        if not entry or "/" in entry or ":" in entry:
            raise
        return httpx.URL(f"http://{entry}").raw_host.decode("ascii")


def _is_allowed(host: str, address: IPAddress, allowed: Iterable[str]) -> bool:
    entries = [parse_allowed(entry) for entry in allowed]
    inner = _unwrapped(address)
    return any(host.lower() == e if isinstance(e, str) else inner in e or address in e for e in entries)


def _unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4 or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
