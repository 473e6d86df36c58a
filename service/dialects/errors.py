"""Errors in a dialect's own shape, so that its client raises the class that its users catch."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from core.errors import FootnotedError
from service.problems import problem_of, problem_of_crash, problem_of_http, problem_of_invalid, problem_response
from service.streaming import CLIENT_CLOSED, ClientGone

_KEPT_HEADERS = ("retry-after", "www-authenticate")
log = structlog.get_logger("footnoted")

ErrorBody = Callable[[Mapping[str, Any]], dict[str, Any]]


def words(members: Mapping[str, Any]) -> str:
    """What a problem document says, in one line."""
    return f"{members['detail']} {members['hint']}".strip()


def openai_error(members: Mapping[str, Any]) -> dict[str, Any]:
    """``code`` is the problem's own, as everywhere in this service."""
    status = members["status"]
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = "server_error" if status >= 500 else kinds.get(status, "invalid_request_error")
    error = {"message": words(members), "type": kind, "param": None, "code": members["code"], "hint": members["hint"]}
    return {"error": error}


def anthropic_error(members: Mapping[str, Any]) -> dict[str, Any]:
    """``code`` and ``hint`` are beyond the dialect."""
    status = members["status"]
    kinds = {
        401: "authentication_error", 403: "permission_error", 404: "not_found_error",
        413: "request_too_large", 429: "rate_limit_error", 503: "overloaded_error",
    }  # fmt: skip
    kind = kinds.get(status, "api_error" if status >= 500 else "invalid_request_error")
    error = {"type": kind, "message": words(members), "code": members["code"], "hint": members["hint"]}
    return {"type": "error", "error": error}


class _DialectRoute(APIRoute):
    """Renders every error by ``body``; what cannot be processed is a bad request, as these clients know it."""

    body: ErrorBody

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        body = type(self).body

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except FootnotedError as error:
                members = problem_of(error)
            except RequestValidationError as error:
                members = problem_of_invalid(error)
                members["detail"] += "."  # its hint goes on in the same line
            except HTTPException as error:  # a body that cannot be read as JSON, among others
                members = problem_of_http(error, request)
            except ClientGone:
                return Response(status_code=CLIENT_CLOSED)
            except Exception as error:  # a border: this dialect's client is told in its own shape
                log.error("request_crashed", path=request.url.path, exc_info=error)
                members = problem_of_crash()
            headers = _kept_headers(problem_response(members))
            status = 400 if members["status"] == 422 else members["status"]
            return JSONResponse(body(members), status, headers)

        return handler


def refusal_at(path: str, members: dict[str, Any]) -> Response:
    """A problem, told in the shape that clients of the address know, for what refuses a request before its route."""
    told = problem_response(members)
    body = error_body_at(path)
    return told if body is None else JSONResponse(body(members), members["status"], _kept_headers(told))


def _kept_headers(told: Response) -> dict[str, str]:
    return {name: value for name, value in told.headers.items() if name in _KEPT_HEADERS}


def error_body_at(path: str) -> ErrorBody | None:
    """The shape of errors at an address that no route takes; None where no dialect is spoken."""
    for beginning, body in _BODIES.items():
        if path == beginning or path.startswith(f"{beginning}/"):
            return body
    return None


class OpenAIRoute(_DialectRoute):
    """For clients of OpenAI's API."""

    body = staticmethod(openai_error)


class AnthropicRoute(_DialectRoute):
    """For clients of Anthropic's API."""

    body = staticmethod(anthropic_error)


_BODIES: dict[str, ErrorBody] = {
    "/v1/chat": openai_error,
    "/v1/models": openai_error,
    "/v1/responses": openai_error,
    "/v1/embeddings": openai_error,
    "/v1/completions": openai_error,
    "/v1/messages": anthropic_error,
}


def add_dialect_errors(app: FastAPI) -> None:
    """What no route takes below a dialect's addresses is told in its shape; after ``add_problem_handlers``."""
    otherwise = app.exception_handlers[HTTPException]

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Any:
        body = error_body_at(request.url.path)
        if body is None:
            return otherwise(request, error)
        return JSONResponse(body(problem_of_http(error, request)), error.status_code, error.headers)
