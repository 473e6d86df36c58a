"""Every route says what it takes to call it."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from service.access.needs import Declared, Needs, Public
from service.app import create_app
from service.routes.metrics import may_scrape
from service.routes.site_session import site_visit

# The framework's own pages, files that are the same for everybody; and MCP, which asks for a scope by itself (its test
# is in test_http_keys.py).
PLAIN = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/static-offline-docs", "/static", "/mcp"}
GUARDS = {site_visit, may_scrape}


@pytest.fixture(scope="module")
def routes(make_settings, tmp_path_factory) -> list[BaseRoute]:
    app = create_app(make_settings(tmp_path_factory.mktemp("routes") / "data"))
    return list(below(app.routes))


def below(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Also of routers that are included."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from below(included.routes)


def declared(route: APIRoute) -> list[object]:
    found, waiting = [], list(route.dependant.dependencies)
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        if isinstance(dependant.call, Declared) or dependant.call in GUARDS:
            found.append(dependant.call)
    return found


def test_every_route_declares_a_scope_or_that_it_is_public(routes):
    own = [route for route in routes if isinstance(route, APIRoute) and route.path not in PLAIN]
    assert len(own) > 60
    assert [f"{sorted(route.methods)} {route.path}" for route in own if not declared(route)] == []
    plain = {getattr(route, "path", "?") for route in routes} - {route.path for route in own}
    assert plain == PLAIN


def test_what_is_public_says_why_and_nothing_else_is(routes):
    public = {
        route.path: [one for one in declared(route) if isinstance(one, Public)]
        for route in routes
        if isinstance(route, APIRoute) and any(isinstance(one, Public) for one in declared(route))
    }
    assert set(public) == {
        "/", "/admin", "/admin/oidc", "/admin/oidc/callback", "/healthz", "/metrics", "/readyz", "/v1/admin/session",
        "/v1/probe", "/v1/sign-in", "/v1/sites/{site}/session", "/widget.js",
    }  # fmt: skip
    assert all(one.why for every in public.values() for one in every)


def test_the_operators_routes_take_the_scope_admin(routes):
    for route in routes:
        if isinstance(route, APIRoute) and route.path.startswith("/v1/admin/") and route.path != "/v1/admin/session":
            assert [one.scopes for one in declared(route) if isinstance(one, Needs)] == [("admin",)], route.path
