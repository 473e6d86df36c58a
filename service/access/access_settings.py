"""The settings of who may do what."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from service.access.principal import AccessScope


class AccessSettings(BaseModel):
    """What callers without a key may do, and signing in to the operator's pages by OpenID Connect."""

    model_config = ConfigDict(extra="forbid")
    anonymous: list[AccessScope] | None = Field(
        None,
        description='What callers without a key may do: ["ask"], ["ask", "ingest"] or []. Not set: ask and ingest, as '
        "long as no key was ever made and the server listens on a loopback address; nothing else.",
    )
    oidc_issuer: str | None = Field(
        None, description="OpenID Connect for /admin: the issuer's address, such as https://accounts.google.com"
    )
    oidc_client_id: str | None = Field(None, description="As the issuer knows this server.")
    oidc_client_secret_file: Path | None = Field(None, description="A file whose first line is the client's secret.")
    oidc_emails: list[str] = Field([], description="Verified e-mail addresses of operators.")
    oidc_groups: list[str] = Field([], description="Groups of operators, as the claim of `oidc_groups_claim` has them.")
    oidc_groups_claim: str = Field("groups", description="The claim that lists somebody's groups.")

    @field_validator("anonymous")
    @classmethod
    def _is_no_admin(cls, scopes: list[AccessScope] | None) -> list[AccessScope] | None:
        if scopes is not None and AccessScope.ADMIN in scopes:
            raise ValueError("callers without a key cannot be given the scope admin")
        return scopes

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_address(cls, issuer: str | None) -> str | None:
        if issuer is not None and not issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ValueError("it is not an https address")
        return issuer

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.oidc_issuer is not None:
            if self.oidc_client_id is None or self.oidc_client_secret_file is None:
                raise ValueError("oidc_issuer needs oidc_client_id and oidc_client_secret_file")
            if not self.oidc_emails and not self.oidc_groups:
                raise ValueError("oidc_issuer needs oidc_emails or oidc_groups: else nobody could sign in")
        return self
