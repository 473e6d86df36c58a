"""What can go wrong, as exceptions.

ClientError
├── Unreachable           no answer came, or it broke off
│   └── TimedOut          it did not come in time
└── ServiceError          the service said no: status, code, hint
    ├── InvalidRequest    400, 413, 415, 422
    ├── NotAllowed        401, 403
    ├── NotFound          404
    ├── TooManyRequests   429
    └── Unavailable       5xx
"""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Base of all errors of this client."""


class Unreachable(ClientError):
    """No answer came, or it broke off."""


class TimedOut(Unreachable):
    """The service took the request, or had begun to, and gave no answer in ``timeout_s``: it may still be at work."""


class ServiceError(ClientError):
    """The service's problem document (RFC 9457): ``code`` is stable, ``hint`` says what to do."""

    def __init__(self, status: int, code: str, detail: str, hint: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{detail} {hint}".strip())
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.retry_after_s = retry_after_s


class InvalidRequest(ServiceError):
    """A parameter, or a file, is not what the service takes."""


class NotAllowed(ServiceError):
    """The API key is missing, not valid, or not for this (``code`` tells which), or this host may not call."""


class NotFound(ServiceError):
    """There is no such collection, document or job."""


class TooManyRequests(ServiceError):
    """Try again after ``retry_after_s`` seconds."""


class Unavailable(ServiceError):
    """The service is starting, overloaded or broken."""


_KINDS: dict[int, type[ServiceError]] = {
    400: InvalidRequest, 413: InvalidRequest, 415: InvalidRequest, 422: InvalidRequest,
    401: NotAllowed, 403: NotAllowed, 404: NotFound, 429: TooManyRequests,
}  # fmt: skip


def error_of(status: int, problem: Mapping[str, Any]) -> ServiceError:
    """Of a problem document, which may be empty where something between gave the answer."""
    kind = Unavailable if status >= 500 else _KINDS.get(status, ServiceError)
    detail = str(problem.get("detail") or f"The server answered with status {status}.")
    code, hint = str(problem.get("code", "http_error")), str(problem.get("hint", ""))
    return kind(status, code, detail, hint, problem.get("retry_after_s"))
