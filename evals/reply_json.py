"""The JSON object in a language model's reply, whatever it is wrapped in."""

import json
from collections.abc import Mapping
from typing import Any

_DECODER = json.JSONDecoder()
# Replies are short; each attempt may read to the end, so neither their length nor the attempts are without a bound.
_MOST_CHARS = 50_000
_MOST_TRIES = 50


def object_in(text: str, key: str) -> Mapping[str, Any] | None:
    """The first JSON object that has ``key``: models wrap it in code fences and in words. None where there is none."""
    text = text[:_MOST_CHARS]
    start = text.find("{")
    for _ in range(_MOST_TRIES):
        if start < 0:
            break
        try:
            value, _ = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and key in value:
            return value
        start = text.find("{", start + 1)
    return None
