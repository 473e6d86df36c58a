"""The JSON object in a language model's reply, whatever it is wrapped in."""

import json
from collections.abc import Mapping
from typing import Any

_DECODER = json.JSONDecoder()


def object_in(text: str, key: str) -> Mapping[str, Any] | None:
    """The first JSON object that has ``key``: models wrap it in code fences and in words. None where there is none."""
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = _DECODER.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            value = None
        if isinstance(value, dict) and key in value:
            return value
        start = text.find("{", start + 1)
    return None
