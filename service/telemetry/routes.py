"""Which route a request met: its template, of which there are few, in place of its path, which may name anything."""

from collections.abc import Mapping
from typing import Any

UNMATCHED = "unmatched"


def route_template(scope: Mapping[str, Any]) -> str:
    """As /v1/jobs/{job_id}; /static for all below a mount; `unmatched` where no route was met. Once the routes are
    done."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    if "endpoint" not in scope:
        return UNMATCHED
    if root := scope.get("root_path"):
        return str(root)
    return UNMATCHED if scope.get("path_params") else str(scope["path"])  # a plain route: its path is its template
