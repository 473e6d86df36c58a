"""Which requests are administrative acts, and what they are called."""

from service.telemetry.routes import UNMATCHED

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

NAMES = {
    ("POST", "/v1/documents"): "documents.add",
    ("PATCH", "/v1/documents/{document_id}"): "documents.mark",
    ("DELETE", "/v1/documents/{document_id}"): "documents.delete",
    ("POST", "/v1/admin/sync"): "documents.sync",
    ("POST", "/v1/jobs/{job_id}/cancel"): "jobs.cancel",
    ("POST", "/v1/collections"): "collections.create",
    ("PATCH", "/v1/collections/{name}"): "collections.rename",
    ("DELETE", "/v1/collections/{name}"): "collections.delete",
    ("POST", "/v1/collections/{name}/copy"): "collections.copy",
    ("POST", "/v1/collections/{name}/reindex"): "collections.reindex",
    ("POST", "/v1/collections/{name}/rollback"): "collections.rollback",
    ("GET", "/v1/collections/{name}/export"): "collections.export",
    ("POST", "/v1/admin/session"): "sign_in",
    ("DELETE", "/v1/admin/session"): "sign_out",
    ("POST", "/v1/sign-in"): "keys.sign_in",
    ("DELETE", "/v1/sign-in"): "keys.sign_out",
    ("GET", "/admin/oidc/callback"): "sign_in.oidc",
    ("POST", "/v1/admin/keys"): "keys.create",
    ("POST", "/v1/admin/keys/{key_id}/rotate"): "keys.rotate",
    ("DELETE", "/v1/admin/keys/{key_id}"): "keys.revoke",
    ("POST", "/v1/admin/sites"): "sites.create",
    ("PUT", "/v1/admin/sites/{site_id}"): "sites.change",
    ("DELETE", "/v1/admin/sites/{site_id}"): "sites.delete",
    ("GET", "/v1/admin/questions"): "questions.read",
    ("GET", "/v1/feedback"): "feedback.read",
}
"""Reads are here where they show what people asked, or take a collection away."""

WRONG_KEY = "key.wrong"
"""A call of any kind with a key that is none."""

ORDINARY = frozenset(
    {
        "/v1/ask",
        "/v1/search",
        "/v1/feedback",
        "/v1/sessions",
        "/v1/sessions/{session_id}",
        "/v1/sites/{site}/session",
        "/v1/sites/{site}/ask",
        "/v1/sites/{site}/feedback",
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/messages",
        "/v1/ui-messages",
        "/mcp",
    }
)
"""What everybody does, and the log of questions keeps as far as it is to be kept."""


def act_at(method: str, path: str) -> str | None:
    """Of a request that was refused before its route was found: an address without parameters is its own template."""
    return NAMES.get((method, path))


def act_of(method: str, template: str) -> str | None:
    """The act's name; None for what is none. A route that is not listed counts by its method and template, so that a
    new one cannot be forgotten."""
    named = NAMES.get((method, template))
    if named is not None:
        return named
    if method in _SAFE or template in ORDINARY or template == UNMATCHED:
        return None
    return f"{method} {template}"
