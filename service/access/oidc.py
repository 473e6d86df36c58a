"""Signing operators in by OpenID Connect: authorization code with PKCE, state and nonce.

The issuer says who somebody is; the settings say which of them are operators.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from limits import RateLimitItemPerMinute

from core.errors import RemoteError, SettingsError, TooManyRequests
from service.access.access_settings import AccessSettings
from service.access.id_token import claims_of, refused
from service.access.oidc_client import OidcClient, client_of
from service.call_limits import CallLimits
from service.network_address import network_of

_TIMEOUT_S = 10.0
_KNOWN_S = 60.0
_MOST_AT_ONCE = 4
_CALLS = RateLimitItemPerMinute(20, namespace="oidc")
_RANDOM_BYTES = 48
_BY_BASIC = "client_secret_basic"
_SCOPES = "openid email profile"
_CONFIGURATION = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way; it comes back with the ``state``."""

    address: str
    state: str
    nonce: str
    verifier: str


def oidc_of(settings: AccessSettings, calls: CallLimits | None = None) -> "Oidc | None":
    """None where no issuer is set up."""
    client = client_of(settings)
    return None if client is None else Oidc(client, calls)


class Oidc:
    """Asks the issuer for its addresses at most once a minute, and for its keys at every sign-in, as they may change.

    Anybody may call: so calls are counted by their addresses, and few at a time wait for the issuer.
    Safe from several threads.
    """

    def __init__(
        self, client: OidcClient, calls: CallLimits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._calls = calls or CallLimits()
        self._clock = clock
        self._asking = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._known: tuple[float, Mapping[str, Any]] | None = None

    def begin(self, redirect_uri: str, address: str) -> Begun:
        """Where to send the browser, which calls from ``address``. Raises RemoteError, TooManyRequests."""
        self._count(address)
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        known = self._known_places()
        if known is None:
            with self._issuer() as http:
                known = self._configuration(http)
        endpoint = known["authorization_endpoint"]
        address = prepare_grant_uri(
            endpoint,
            self._client.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=_SCOPES,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(address, state, nonce, verifier)

    def finish(self, redirect_uri: str, code: str, nonce: str, verifier: str, address: str) -> str:
        """The operator's name: their e-mail address, or else what the issuer calls them.

        Raises SignInNeeded for who is no operator, or what the issuer did not sign for this sign-in; RemoteError,
        SettingsError, TooManyRequests.
        """
        self._count(address)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        with self._issuer() as http:
            places = self._known_places() or self._configuration(http)
            id_token = self._id_token(http, places, form)
            keys = _json(http, places["jwks_uri"])
        return self._operator(claims_of(id_token, keys, self._client.issuer, self._client.client_id, nonce))

    def _count(self, address: str) -> None:
        self._calls.count([(_CALLS, network_of(address))], "Too many tries to sign in from this address.")

    @contextmanager
    def _issuer(self) -> Iterator[httpx.Client]:
        """It may be slow, and whoever waits for it holds a thread. Raises TooManyRequests."""
        if not self._asking.acquire(blocking=False):
            raise TooManyRequests("Too many sign in at once.", "Try again in a second.", 1)
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as http:
                yield http
        finally:
            self._asking.release()

    def _known_places(self) -> Mapping[str, Any] | None:
        known = self._known
        return known[1] if known is not None and self._clock() - known[0] < _KNOWN_S else None

    def _id_token(self, http: httpx.Client, places: Mapping[str, Any], form: dict[str, str]) -> str:
        """In exchange for the code. The secret goes by HTTP Basic unless the issuer takes it in the form only."""
        own, secret = self._client.client_id, _secret(self._client.secret_file)
        auth = httpx.Auth()
        takes = places.get("token_endpoint_auth_methods_supported") or [_BY_BASIC]
        if _BY_BASIC in takes:
            auth = httpx.BasicAuth(quote(own, safe=""), quote(secret, safe=""))  # RFC 6749, 2.3.1
        else:
            form = {**form, "client_id": own, "client_secret": secret}
        try:
            response = http.post(places["token_endpoint"], data=form, auth=auth)
            told = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _unreachable(self._client.issuer) from error
        if response.is_error or not isinstance(told, dict):
            raise refused("The issuer does not take the code.")
        return str(told.get("id_token", ""))

    def _configuration(self, http: httpx.Client) -> Mapping[str, Any]:
        """Raises RemoteError, also where the issuer calls itself otherwise: then it is another."""
        found = _json(http, f"{self._client.issuer.rstrip('/')}{_CONFIGURATION}")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self._client.issuer or not all(isinstance(found.get(name), str) for name in wanted):
            raise RemoteError(f"{self._client.issuer} does not describe itself as that issuer.", "Correct oidc_issuer.")
        self._known = self._clock(), found
        return found

    def _operator(self, claims: Mapping[str, Any]) -> str:
        email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        groups = claims.get(self._client.groups_claim)
        is_named = bool(email) and email.casefold() in {one.casefold() for one in self._client.emails}
        is_member = isinstance(groups, list) and not set(map(str, groups)).isdisjoint(self._client.groups)
        if not (is_named or is_member):
            raise refused("You are known to the issuer, but are no operator here.")
        return email or f"oidc:{claims['sub']}"


def _json(http: httpx.Client, address: str) -> dict[str, Any]:
    """Raises RemoteError."""
    try:
        response = http.get(address)
        response.raise_for_status()
        found = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise _unreachable(address) from error
    if not isinstance(found, dict):
        raise _unreachable(address)
    return found


def _secret(file: Path) -> str:
    """Raises SettingsError."""
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read.", "Correct access.oidc_client_secret_file.") from error


def _unreachable(address: str) -> RemoteError:
    return RemoteError(f"{address} gave no answer that can be used.", "See whether it can be reached from this server.")
