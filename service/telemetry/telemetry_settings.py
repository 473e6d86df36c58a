"""The settings of logs, metrics, traces and the audit log."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class TelemetrySettings(BaseModel):
    """What the operator sees of a running service. Nothing of it leaves the machine unless an address is set."""

    model_config = ConfigDict(extra="forbid")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="Of log lines; auto: text on a terminal, JSON elsewhere."
    )
    log_contents: bool = Field(
        False, description="Also log what was asked and answered, and whole paths; else only what kind of thing it was."
    )
    metrics_token_file: Path | None = Field(
        None,
        description="A file whose first line is the token of GET /metrics. With it, being on this machine is no longer "
        "enough: set it behind a reverse proxy.",
    )
    otlp_endpoint: str | None = Field(
        None, description="Where traces go, by OTLP over HTTP: http://127.0.0.1:4318. Needs footnoted[otel]."
    )
    otlp_headers_file: Path | None = Field(
        None, description="A file with a header a line, as `Authorization: Bearer …`, that is sent along with traces."
    )
    sample: float = Field(1.0, ge=0, le=1, description="Share of requests that are traced, where the caller says none.")

    @field_validator("otlp_endpoint")
    @classmethod
    def _is_address(cls, endpoint: str | None) -> str | None:
        if endpoint is not None and not endpoint.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        if endpoint is not None and "@" in endpoint.partition("://")[2].partition("/")[0]:
            raise ValueError("it has a user name or a password in it; put them into telemetry.otlp_headers_file")
        return endpoint

    @model_validator(mode="after")
    def _has_where_to_send(self) -> Self:
        if self.otlp_headers_file is not None and self.otlp_endpoint is None:
            raise ValueError("otlp_headers_file is of no use without otlp_endpoint")
        return self


class AuditSettings(BaseModel):
    """The log of administrative acts."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int = Field(365, ge=1, le=36_500, description="Days that administrative acts are kept.")
    networks: bool = Field(True, description="Record the network (IPv4 /24, IPv6 /48) that an act came from.")
