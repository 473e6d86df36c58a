"""Which requests are questions."""

import json
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from service.app import create_app
from service.load.questions import is_asked, may_be_asked
from service.routes.state import ready_engine

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {}}}
LISTED = {**CALL, "method": "tools/list", "params": {"about": "tools/call"}}
PLAIN = json.dumps(CALL).encode()
# They need to know which encoder an index is of, and ask nothing of it.
NAMES_MODELS = {"/v1/collections", "/v1/collections/{name}/rollback"}


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        PLAIN.replace(b"tools/call", rb"tools\/call"),
        PLAIN.replace(b"tools/call", rb"\u0074ools\u002fcall"),
        PLAIN.replace(b'"method"', rb'"m\u0065thod"'),
        json.dumps(CALL).encode("utf-16"),
        json.dumps([LISTED, CALL]).encode(),
        PLAIN.replace(b"tools/call", b"tools/list", 1)[:-1] + b', "method": "tools/call"}',
    ],
)
def test_a_tool_call_is_known_however_its_json_is_written(body):
    assert is_asked("/mcp", body)


@pytest.mark.parametrize("body", [b"", b'{"method": "tools/list"', b"[" * 100_000, b" " * 2**20 + b"{}", b"\xff"])
def test_what_cannot_be_read_at_mcp_is_taken_for_a_call(body):
    assert is_asked("/mcp", body)


@pytest.mark.parametrize("told", [LISTED, [LISTED], "tools/call", None, 1, {"params": {"method": "tools/call"}}])
def test_what_calls_no_tool_is_no_question(told):
    assert not is_asked("/mcp", json.dumps(told).encode())


def below(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Also of routers that are included."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from below(included.routes)


def works_with_models(dependant: Dependant) -> bool:
    return dependant.call is ready_engine or any(map(works_with_models, dependant.dependencies))


def test_every_route_that_works_with_the_models_passes_the_queue(make_settings, tmp_path):
    routes = list(below(create_app(make_settings(tmp_path / "data")).routes))
    posted = [route for route in routes if isinstance(route, APIRoute) and "POST" in route.methods]
    asked = {route.path for route in posted if works_with_models(route.dependant)}
    assert asked >= NAMES_MODELS
    asked -= NAMES_MODELS
    asked |= {route.path for route in routes if isinstance(route, Route) and route.path == "/mcp"}
    assert {"/v1/ask", "/v1/search", "/v1/messages", "/v1/sites/{site}/ask", "/mcp"} <= asked
    addresses = {path.replace("{site}", "site_x") for path in asked}
    assert {path for path in addresses if not (may_be_asked(path) and is_asked(path, PLAIN))} == set()
    others = {route.path for route in posted} - asked
    assert {path for path in others if may_be_asked(path)} == set()
