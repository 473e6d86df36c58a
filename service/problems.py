"""Errors to HTTP, in this one place: RFC 9457 problem documents with a stable code and a hint."""

import json
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import (
    Conflict,
    EncoderUnavailable,
    FootnotedError,
    Forbidden,
    IndexBroken,
    IndexMismatch,
    InvalidRequest,
    NotFound,
    NotReady,
    OriginNotAllowed,
    ReadError,
    SessionExpired,
    SignInNeeded,
    TookTooLong,
    TooLarge,
    TooManyRequests,
    UnsupportedMedia,
)
from service.sites.cors import allow_site_origin, is_site_path

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 2
# The first class that an error is an instance of decides.
_STATUS: tuple[tuple[type[FootnotedError], int], ...] = (
    (TooLarge, 413),
    (UnsupportedMedia, 415),
    (ReadError, 422),
    (InvalidRequest, 422),
    (NotFound, 404),
    (Conflict, 409),
    (IndexMismatch, 409),
    (SessionExpired, 401),
    (SignInNeeded, 401),
    (Forbidden, 403),
    (OriginNotAllowed, 403),
    (TooManyRequests, 429),
    (TookTooLong, 408),
    (NotReady, 503),
    (EncoderUnavailable, 503),
    (IndexBroken, 500),
)
_HTTP_HINTS = {
    400: "Send whole JSON with `content-type: application/json`, or a whole multipart/form-data body.",
    404: "The page /docs lists every address.",
    405: "The page /docs lists every address.",
}
_TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    408: "Request timeout", 409: "Conflict", 413: "Too large", 415: "Unsupported media type",
    422: "Cannot be processed",
    429: "Too many requests", 500: "Internal error", 503: "Not available",
}  # fmt: skip
_PUBLIC_WORDS = {
    500: ("Something went wrong on the server.", "Its log has the details."),
    503: ("The server is starting, or has too much to do.", "Try again in a few seconds."),
}

log = structlog.get_logger("footnoted")


def problem(status: int, code: str, detail: str, hint: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem document."""
    title = _TITLES.get(status, "Error")
    return {
        "type": f"urn:footnoted:problem:{code}", "title": title, "status": status,
        "detail": detail, "code": code, "hint": hint, **more,
    }  # fmt: skip


def problem_of(error: FootnotedError, public: bool = False) -> dict[str, Any]:
    """``public`` is for strangers: what fails within the server may name its files, which they are not told."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if public and status >= 500:
        return problem(status, error.code, *_PUBLIC_WORDS[status])
    more = {"retry_after_s": error.retry_after_s} if isinstance(error, TooManyRequests) else {}
    return problem(status, error.code, error.message, error.hint, **more)


def problem_of_http(error: HTTPException, request: Request) -> dict[str, Any]:
    """Of what the framework refuses: an unknown address or method, a body that is no JSON."""
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    detail = f"{request.method} {request.url.path}: {str(error.detail).rstrip('.')}."
    return problem(error.status_code, code, detail, _HTTP_HINTS.get(error.status_code, ""))


def problem_of_invalid(error: RequestValidationError) -> dict[str, Any]:
    """Of a request that is no such request: each fault with its place."""
    faults = [{"where": ".".join(map(str, e["loc"])), "what": e["msg"]} for e in jsonable_encoder(error.errors())]
    detail = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults)
    return problem(422, "invalid_request", detail, "The page /docs describes every request.", errors=faults)


def problem_of_crash() -> dict[str, Any]:
    """Of an error that nobody foresaw."""
    hint = "The server's log has the details; please report it."
    return problem(500, "internal_error", "Something went wrong on the server.", hint)


def problem_response(members: dict[str, Any]) -> JSONResponse:
    headers = {}
    if members["status"] in (429, 503):
        headers["Retry-After"] = str(members.get("retry_after_s", _RETRY_AFTER_S))
    if members["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _ProblemResponse(members, members["status"], headers)


class _ProblemResponse(JSONResponse):
    """Only ASCII: it may repeat what was wrong with a request, even half a character that UTF-8 cannot write."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def add_problem_handlers(app: FastAPI) -> None:
    """Every way that a request can fail ends in a problem document."""

    @app.exception_handler(FootnotedError)
    def footnoted_error(request: Request, error: FootnotedError) -> JSONResponse:
        members = problem_of(error, public=is_site_path(request.url.path))
        if members["status"] == 500:  # 503 says of itself that it passes
            log.error("request_failed", path=request.url.path, code=error.code, message=error.message)
        return problem_response(members)

    @app.exception_handler(RequestValidationError)
    def validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(problem_of_invalid(error))

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> JSONResponse:
        response = problem_response(problem_of_http(error, request))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("request_crashed", path=request.url.path, exc_info=error)
        response = problem_response(problem_of_crash())
        allow_site_origin(request.scope, response.headers)  # it does not pass the middleware
        return response
