"""Which requests ask the models for something, by their addresses."""

import re

from starlette.types import Scope

from service.access.principal import Scope as Allowed
from service.access.principal import principal_of
from service.sites.cors import is_site_path

_ASKED = re.compile(
    r"/v1/(ask|search|chat/completions|responses|messages|ui-messages|sites/[^/]+/ask)/?", re.IGNORECASE
)
_MCP = "/mcp"
ANY_CALL = b'"tools/call"'
"""The body of a call at /mcp that may be a question."""
_COUNTED = ("/v1/", "/mcp", "/view/")


def may_ask(scope: Scope) -> bool:
    """Whether a request is a question, or, at /mcp, may be one: ``is_asked`` tells by its body.

    Who may not ask is turned away by the route at once, and takes no place of who may.
    """
    if scope["type"] != "http" or scope["method"] != "POST" or not is_asked(scope["path"], ANY_CALL):
        return False
    return is_site_path(scope["path"]) or principal_of(scope).may(Allowed.ASK)


def is_asked(path: str, body: bytes) -> bool:
    """Whether the models have to work for it."""
    return bool(_ASKED.fullmatch(path)) or (path == _MCP and ANY_CALL in body)


def is_counted(scope: Scope) -> bool:
    """Whether it counts to the limits of its caller; sites have limits of their own."""
    path: str = scope["path"]
    return scope["type"] == "http" and path.startswith(_COUNTED) and not is_site_path(path)
