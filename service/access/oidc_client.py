"""What this server is to its OpenID Connect issuer, from the settings."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from service.access.access_settings import AccessSettings


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the issuer knows this server by, and who of its people are operators."""

    issuer: str
    client_id: str
    secret_file: Path
    emails: Collection[str]
    groups: Collection[str]
    groups_claim: str


def client_of(own: AccessSettings) -> OidcClient | None:
    """None where no issuer is set up."""
    if own.oidc_issuer is None or own.oidc_client_id is None or own.oidc_client_secret_file is None:
        return None
    return OidcClient(
        own.oidc_issuer,
        own.oidc_client_id,
        own.oidc_client_secret_file,
        own.oidc_emails,
        own.oidc_groups,
        own.oidc_groups_claim,
    )
