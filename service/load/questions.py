"""Which requests ask the models for something, by their addresses."""

import json
import re
from typing import Any

from starlette.types import Scope

from service.access.principal import AccessScope, principal_of
from service.sites.cors import is_site_path

_ASKED = re.compile(
    r"/v1/(ask|search|chat/completions|responses|messages|ui-messages|sites/[^/]+/ask)/?", re.IGNORECASE
)
_MCP = "/mcp"
_CALL = "tools/call"
_MOST_MCP_BYTES = 1024**2  # more than that is refused there
_COUNTED = ("/v1/", "/mcp", "/view/")


def may_ask(scope: Scope) -> bool:
    """Whether a request is a question, or, at /mcp, may be one: ``is_asked`` tells by its body.

    Who may not ask is turned away by the route at once, and takes no place of who may.
    """
    if scope["type"] != "http" or scope["method"] != "POST" or not may_be_asked(scope["path"]):
        return False
    return is_site_path(scope["path"]) or principal_of(scope).may(AccessScope.ASK)


def may_be_asked(path: str) -> bool:
    """Whether a request there is a question, or, at /mcp, may be one."""
    return path == _MCP or is_asked_at(path)


def is_asked_at(path: str) -> bool:
    """Whether every request there is a question."""
    return bool(_ASKED.fullmatch(path))


def is_asked(path: str, body: bytes) -> bool:
    """Whether the models have to work for it."""
    return _calls_tool(body) if path == _MCP else is_asked_at(path)


def _calls_tool(body: bytes) -> bool:
    """By what the body says, not by its letters, which JSON may escape. What cannot be read is taken for a call."""
    if len(body) > _MOST_MCP_BYTES:
        return True
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return True
    calls = told if isinstance(told, list) else [told]
    return any(isinstance(call, dict) and call.get("method") == _CALL for call in calls)


def is_search(path: str) -> bool:
    """Whether nothing is read for it."""
    return path.rstrip("/").lower() == "/v1/search"


def is_counted(scope: Scope) -> bool:
    """Whether it counts to the limits of its caller; sites have limits of their own."""
    path: str = scope["path"]
    return scope["type"] == "http" and path.startswith(_COUNTED) and not is_site_path(path)
