"""What goes wrong with a chat model's provider, told apart and told in our words; keys never get into them."""

import json
import os
import re
from collections.abc import Sequence

from core.errors import FootnotedError, InvalidRequest
from core.plain_text import printable

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")
_SHORTEST_SECRET = 8
_PASSING = frozenset({408, 409, 425, 429})


def passes(error: Exception) -> bool:
    """Whether the same request may do better later: 429, 5xx, a broken connection, a time-out."""
    import httpx
    from langchain_core import exceptions as known

    lasting = (known.ModelAuthenticationError, known.ModelPermissionDeniedError, known.ModelInvalidRequestError)
    if isinstance(error, lasting):
        return False
    passing = (known.ModelRateLimitError, known.ModelAPIError, known.ModelConnectionError, known.ModelTimeoutError)
    if isinstance(error, (*passing, httpx.TransportError, json.JSONDecodeError)):
        return True
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and (status in _PASSING or status >= 500)


def explained(error: Exception, name: str, hidden: Sequence[str] = ()) -> FootnotedError:
    return InvalidRequest(
        f"{name} cannot be asked: {short(error, hidden)}",
        "Check the model's name, its base URL, and the provider's key in the environment (such as OPENAI_API_KEY; a "
        "server of your own takes any).",
    )


def short(error: Exception, hidden: Sequence[str] = ()) -> str:
    """The first line of what the error says, at most 200 characters; without parts of keys either, since providers
    repeat the beginning of one that they refuse."""
    text = str(error)
    for value in (*hidden, *_secrets()):
        text = _without_parts(text, value)
    first = clean(text).strip().split("\n")[0] or type(error).__name__
    return first if len(first) <= 200 else f"{first[:199]}…"


def clean(text: str, hidden: Sequence[str] = ()) -> str:
    """What may be printed and kept: an endpoint may send the key back that it was sent.

    ``hidden`` are keys that do not stand in the environment.
    """
    for value in (*hidden, *_secrets()):
        text = text.replace(value, "[key]")
    return printable(text)


def _without_parts(text: str, secret: str) -> str:
    """Runs of eight characters or more that stand in the secret are masked."""
    size = _SHORTEST_SECRET
    parts = {secret[start : start + size] for start in range(len(secret) - size + 1)}
    if not parts:
        return text
    found = re.finditer("(?=(?:" + "|".join(map(re.escape, parts)) + "))", text)
    kept: list[str] = []
    end = 0
    for start in (match.start() for match in found):
        if start > end or not kept:
            kept += [text[end:start], "[key]"]
        end = max(end, start + size)
    return "".join([*kept, text[end:]])


def _secrets() -> list[str]:
    return [value for name, value in os.environ.items() if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET]
