"""One request to the web: bounded in size and time, to an address that was checked and no other."""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import unquote

import anyio.to_thread
import certifi
import httpcore
import httpx

from core.errors import ReadError, TooLarge
from ingest.web.addresses import check_reachable
from ingest.web.gunzip import Gunzip
from ingest.web.rules import WebRules

Resolve = Callable[[str, int], Sequence[str]]

_WHOLE = 10  # a whole answer may take this many times the longest silence
_CONNECT_S = 10.0
_TRY_AGAIN = "Try again later; if it is slow by nature, raise the setting web.timeout_s."


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``body`` is unpacked; it is empty where the status is no success."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes
    is_public: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def status_words(self) -> str:
        """Such as "404 (Not Found)"."""
        try:
            return f"{self.status} ({HTTPStatus(self.status).phrase})"
        except ValueError:
            return str(self.status)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and how much of it is taken. ``cut`` takes the beginning of what is larger, rather than fail."""

    url: httpx.URL
    max_bytes: int
    headers: Mapping[str, str]
    may_be_private: bool = True
    cut: bool = False


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, each once. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def fetch(
    request: Request, rules: WebRules, resolve: Resolve = resolve, context: ssl.SSLContext | None = None
) -> Fetched:
    """The answer to one GET; a redirect is an answer. Proxies and other settings of the environment are ignored.

    Raises ReadError; TooLarge.
    """
    host = request.url.host
    try:
        return asyncio.run(_fetch(request, rules, resolve, context or _certificates()))
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise ReadError(f"{request.url} was not answered in time.", _TRY_AGAIN) from error
    except socket.gaierror as error:
        raise ReadError(f"The name {host} has no address.", "Correct it, or check the network.") from error
    except httpcore.ConnectError as error:
        raise _connect_error(host, error) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError, zlib.error) as error:
        why = str(error) or type(error).__name__
        raise ReadError(f"{request.url} broke off: {why}.", "Try again later.") from error


async def _fetch(request: Request, rules: WebRules, resolve: Resolve, context: ssl.SSLContext) -> Fetched:
    backend = _CheckedBackend(rules, resolve, request.may_be_private)
    wait = {"connect": min(rules.timeout_s, _CONNECT_S), "read": rules.timeout_s, "write": rules.timeout_s}
    headers = {
        "Host": request.url.netloc.decode("ascii"),
        "User-Agent": rules.user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, identity",
        **request.headers,
    }
    # A connection of its own for every request: nothing that was checked for one answers another.
    async with (
        asyncio.timeout(rules.timeout_s * _WHOLE),
        httpcore.AsyncConnectionPool(ssl_context=context, network_backend=backend, max_connections=1) as pool,
        pool.stream(
            "GET", _core_url(request.url), headers=list(headers.items()), extensions={"timeout": wait}
        ) as response,
    ):
        answered = httpx.Headers(response.headers)
        body = b""
        if 200 <= response.status < 300:
            body = await _body(response, answered, request)
        return Fetched(request.url, response.status, answered, body, backend.was_public)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host once, checks what came, and connects to just that. TLS still checks the name."""

    def __init__(self, rules: WebRules, resolve: Resolve, may_be_private: bool) -> None:
        self._rules = rules
        self._resolve = resolve
        self._may_be_private = may_be_private
        self._inner = httpcore.AnyIOBackend()
        self.was_public = True

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await anyio.to_thread.run_sync(self._resolve, host, port, abandon_on_cancel=True)
        addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in found]
        self.was_public = check_reachable(host, addresses, self._rules.allowed_private, self._may_be_private)
        failed: Exception = httpcore.ConnectError("it has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


async def _body(response: httpcore.Response, headers: httpx.Headers, request: Request) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > request.max_bytes and not request.cut:
        raise _too_large(request)
    body = bytearray()
    async for piece in _unpacked(response, headers, request):
        body += piece
        if len(body) > request.max_bytes:
            if not request.cut:
                raise _too_large(request)
            break
    return bytes(body[: request.max_bytes])


async def _unpacked(response: httpcore.Response, headers: httpx.Headers, request: Request) -> AsyncIterator[bytes]:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise ReadError(f"{request.url} comes packed as {encoding}, which was not asked for.", "Tell its operator.")
    unpacker = Gunzip() if "gzip" in encoding else None
    async for piece in response.aiter_stream():
        if unpacker is None:
            yield piece
            continue
        for unpacked in unpacker.feed(piece):
            yield unpacked
        if unpacker.is_over:
            return
    if unpacker is not None and not unpacker.is_complete:
        raise ReadError(f"{request.url} broke off.", "Try again later.")


def _too_large(request: Request) -> TooLarge:
    return TooLarge(
        f"{unquote(request.url.path)} of {request.url.host} has more than {request.max_bytes / 1024**2:.0f} MiB.",
        "Raise the setting ingest.max_file_mb if it is to be read.",
    )


def _connect_error(host: str, error: Exception) -> ReadError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ReadError(
                f"The certificate of {host} is not trusted: {cause.verify_message}.",
                "If it is signed by an authority of your own, name its file in the variable SSL_CERT_FILE.",
            )
        cause = cause.__cause__ or cause.__context__
    return ReadError(f"{host} cannot be reached: {error}.", "Check the address and the network, or try again later.")


@cache
def _certificates() -> ssl.SSLContext:
    """This machine's authorities, and those of certifi where a machine has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
