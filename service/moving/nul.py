"""The one character that PostgreSQL's texts cannot hold: a server's connection writes another in its place."""

from collections.abc import Mapping
from typing import Any


def without_nul(value: Any) -> Any:
    """With U+FFFD for U+0000 in all texts of it, so that every offset stays."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Mapping):
        return {without_nul(name): without_nul(one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    return value
