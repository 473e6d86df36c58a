"""What an OpenID Connect issuer says of somebody: that it is the issuer's word, for this server and this sign-in."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.errors import SignInNeeded

# Asymmetric ones alone: a key that the issuer publishes must not pass for a shared secret.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S = 60


def claims_of(id_token: str, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str) -> Mapping[str, Any]:
    """What the issuer signed, for this server and this sign-in, and that has not run out. Raises SignInNeeded."""
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(dict(keys)), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        registry.validate(token.claims)
    except (JoseError, ValueError) as error:
        raise refused("What the issuer said cannot be trusted.") from error
    if token.claims.get("azp", client_id) != client_id:
        raise refused("What the issuer said is for another client.")
    return token.claims


def refused(why: str) -> SignInNeeded:
    return SignInNeeded(why, "Begin again at /admin.")
