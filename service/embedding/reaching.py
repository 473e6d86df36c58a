"""Whether the server is reached at all: its name, its certificate, and where plain http leads."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from service.embedding.bounded_http import BoundedHttp, CallFailed
from service.embedding.finding import Finding
from service.embedding.page import joined, origin_of
from service.network_address import LOOPBACK

_TIMEOUT_S = 15.0
_EXPIRY_DAYS = 14
_PORTS = {"http": 80, "https": 443}


def check_name(url: str) -> Finding:
    """Whether the host has addresses. The message tells them."""
    parts = urlsplit(url)
    addresses = addresses_of(parts)
    if not addresses:
        hint = "Correct the name, or enter it in the DNS. Names in this machine's hosts file work on this machine only."
        return Finding("server", "failed", f"The name {parts.hostname} has no address.", hint)
    return Finding("server", "ok", f"{parts.hostname} is {', '.join(addresses)}")


def addresses_of(parts: SplitResult) -> list[str]:
    """The addresses of an address's host, each once; none where it has none."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _PORTS.get(parts.scheme, 0), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def check_private(page_url: str, server: str) -> Finding | None:
    """Browsers stop, or ask the visitor first, when a public page calls an address of a local network."""
    of_server, of_page = addresses_of(urlsplit(server)), addresses_of(urlsplit(page_url))
    if not of_server or not all(_is_private(one) for one in of_server):
        return None
    if not of_page or any(_is_private(one) for one in of_page):
        return None  # an intranet's page
    message = f"The page is public, and the server is at {of_server[0]}, which only its own network reaches."
    hint = (
        "Give the server a public address (a reverse proxy with https). Browsers block such calls or ask each visitor "
        "for a permission, and visitors elsewhere cannot reach it at all."
    )
    return Finding("network", "failed", message, hint)


def _is_private(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return parsed.is_private or parsed.is_loopback or parsed.is_link_local


def check_certificate(server: str, context: ssl.SSLContext) -> Finding | None:
    """Whether browsers trust the certificate, and for how long; None for plain http."""
    parts = urlsplit(server)
    if parts.scheme != "https":
        return None
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=_TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            expires = str((secured.getpeercert() or {}).get("notAfter", ""))
    except ssl.SSLCertVerificationError as error:
        return Finding("certificate", "failed", f"Not trusted: {error.verify_message}.", _certificate_hint(error, host))
    except ssl.SSLError as error:
        hint = "Check that this port speaks TLS, and offers TLS 1.2 or 1.3."
        return Finding("certificate", "failed", f"No secure connection: {error.reason or error}.", hint)
    except OSError as error:
        return _unreached(server, error.strerror or str(error))
    days = int((ssl.cert_time_to_seconds(expires) - datetime.now(UTC).timestamp()) // 86400) if expires else 0
    if days < _EXPIRY_DAYS:
        return Finding("certificate", "warning", f"It runs out in {days} days.", "Renew it, best by a timer.")
    return Finding("certificate", "ok", f"trusted, for {days} more days")


def _certificate_hint(error: ssl.SSLCertVerificationError, host: str) -> str:
    if "expired" in error.verify_message:
        return "Renew the certificate."
    if "mismatch" in error.verify_message or "doesn't match" in error.verify_message:
        return f"Get a certificate for {host}, or use the name that the certificate has."
    return (
        "Use a certificate of a public authority (Let's Encrypt has them for free), and have the server send the "
        "intermediate certificates too. For an authority of your own, set SSL_CERT_FILE here; each browser has to "
        "trust it as well."
    )


def check_reached(http: BoundedHttp, server: str) -> Finding:
    """Whether Footnoted answers at the address itself: what a browser asks before a call may not be redirected."""
    try:
        answer = http.call("GET", f"{server}/healthz")
    except CallFailed as error:
        return _unreached(server, str(error))
    target = answer.headers.get("location", "")
    if 300 <= answer.status < 400 and target:
        there = origin_of(joined(answer.url, target))
        hint = f"Use {there} in the script tag: browsers refuse calls that are redirected."
        if there == server:
            hint = "Have the reverse proxy pass requests on as they are: browsers refuse calls that are redirected."
        return Finding("server", "failed", f"The server redirects to {target}.", hint)
    if answer.status != 200 or answer.json != {"status": "ok"}:
        hint = "Check where the reverse proxy sends it: /healthz, /widget.js, /v1/sites/, /view/ and /static/."
        message = f"{server}/healthz answers with status {answer.status}, and not as Footnoted does."
        # It need not be public; what has to be is checked by itself.
        return Finding("server", "warning", message, hint)
    return Finding("server", "ok", "Footnoted answers")


def _unreached(server: str, why: str) -> Finding:
    hint = "Start it, let the firewall through, and look at the address and port that the reverse proxy listens on."
    return Finding("server", "failed", f"{server} is not reached: {why}.", hint)


def check_plain_http(http: BoundedHttp, server: str) -> Iterator[Finding]:
    """Whether http leads to https, where both have their usual ports. A port that is closed is as good."""
    parts = urlsplit(server)
    if parts.hostname in LOOPBACK:
        return
    if parts.scheme == "http":
        message = "The server is called over http: what visitors ask can be read and changed on the way."
        yield Finding("https", "warning", message, "Put a reverse proxy with a certificate in front of it.")
    elif parts.port in (None, 443):
        try:
            answer = http.call("GET", f"http://{parts.netloc}/")
        except CallFailed:
            yield Finding("https", "ok", "http is closed, https open")
            return
        if answer.headers.get("location", "").startswith("https://"):
            yield Finding("https", "ok", "http leads to https")
        else:
            hint = f"Have the reverse proxy redirect http://{parts.hostname}/ to https (status 308)."
            yield Finding("https", "warning", "http does not lead to https.", hint)
