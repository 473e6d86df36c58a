"""Network addresses of callers: whose they are, and whom calls are counted to."""

import ipaddress
from collections.abc import Mapping
from typing import Any

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""What a server listens on, or is called by, that only its own machine reaches."""
_MOST_ADDRESS_CHARS = 64
_IPV6_PREFIX = 64  # what one subscriber has: whoever has one address of it has all
_NEIGHBOURHOOD = {4: 24, 6: 48}

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(scope: Mapping[str, Any]) -> str:
    """Who calls, of an ASGI scope; behind a proxy of the setting server.trusted_proxies, the one that the proxy names.
    Empty for a socket without an address."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_loopback(address: str) -> bool:
    """Whether it is of this machine, also where IPv6 stands for IPv4."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def network_of(address: str) -> str:
    """Whom calls from an address are counted to: the address, or of IPv6 the network that it is in."""
    parsed = _parsed(address)
    if parsed is None:
        return address[:_MOST_ADDRESS_CHARS]  # a socket without an address, or what a proxy gives for one
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed.packed, _IPV6_PREFIX), strict=False))


def neighbourhood_of(address: str) -> str:
    """Tells no person: of IPv4 a /24, of IPv6 a /48; empty for what is no address."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((parsed.packed, _NEIGHBOURHOOD[parsed.version]), strict=False))


def _parsed(address: str) -> _Address | None:
    """An IPv4 address that is written as IPv6 is the IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
