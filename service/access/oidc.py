"""Signing operators in by OpenID Connect: authorization code with PKCE, state and nonce.

The issuer says who somebody is; the settings say which of them are operators.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.errors import RemoteError, SettingsError, SignInNeeded

_TIMEOUT_S = 10.0
_RANDOM_BYTES = 48
_BY_BASIC = "client_secret_basic"
_SCOPES = "openid email profile"
# Asymmetric ones alone: a key that the issuer publishes must not pass for a shared secret.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S = 60
_CONFIGURATION = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the issuer knows this server by, and who of its people are operators."""

    issuer: str
    client_id: str
    secret_file: Path
    emails: Collection[str]
    groups: Collection[str]
    groups_claim: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way; it comes back with the ``state``."""

    address: str
    state: str
    nonce: str
    verifier: str


class Oidc:
    """Asks the issuer anew at every sign-in, which are few: its keys and addresses may change."""

    def __init__(self, client: OidcClient) -> None:
        self._client = client

    def begin(self, redirect_uri: str) -> Begun:
        """Where to send the browser. Raises RemoteError."""
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        with httpx.Client(timeout=_TIMEOUT_S) as http:
            endpoint = self._configuration(http)["authorization_endpoint"]
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

    def finish(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> str:
        """The operator's name: their e-mail address, or else what the issuer calls them.

        Raises SignInNeeded for who is no operator, or what the issuer did not sign for this sign-in; RemoteError,
        SettingsError.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        with httpx.Client(timeout=_TIMEOUT_S) as http:
            places = self._configuration(http)
            id_token = self._id_token(http, places, form)
            keys = _json(http, places["jwks_uri"])
        return self._operator(_claims(id_token, keys, self._client, nonce))

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
            raise _refused("The issuer does not take the code.")
        return str(told.get("id_token", ""))

    def _configuration(self, http: httpx.Client) -> Mapping[str, Any]:
        """Raises RemoteError, also where the issuer calls itself otherwise: then it is another."""
        found = _json(http, f"{self._client.issuer.rstrip('/')}{_CONFIGURATION}")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self._client.issuer or not all(isinstance(found.get(name), str) for name in wanted):
            raise RemoteError(f"{self._client.issuer} does not describe itself as that issuer.", "Correct oidc_issuer.")
        return found

    def _operator(self, claims: Mapping[str, Any]) -> str:
        email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        groups = claims.get(self._client.groups_claim)
        is_named = bool(email) and email.casefold() in {one.casefold() for one in self._client.emails}
        is_member = isinstance(groups, list) and not set(map(str, groups)).isdisjoint(self._client.groups)
        if not (is_named or is_member):
            raise _refused("You are known to the issuer, but are no operator here.")
        return email or f"oidc:{claims['sub']}"


def _claims(id_token: str, keys: Mapping[str, Any], client: OidcClient, nonce: str) -> Mapping[str, Any]:
    """What the issuer signed, for this server and this sign-in, and that has not run out. Raises SignInNeeded."""
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(dict(keys)), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        registry.validate(token.claims)
    except (JoseError, ValueError) as error:
        raise _refused("What the issuer said cannot be trusted.") from error
    if token.claims.get("azp", client.client_id) != client.client_id:
        raise _refused("What the issuer said is for another client.")
    return token.claims


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


def _refused(why: str) -> SignInNeeded:
    return SignInNeeded(why, "Begin again at /admin.")
