"""JSON and JSON Lines to blocks: a record a paragraph, its values under the names that lead to them."""

import json
from collections.abc import Iterator
from typing import Any

from core.errors import ReadError
from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, clean, fold_spaces

_TITLES = ("title", "name", "heading", "subject")
_DEEPEST = 50


def parse(text: str | bytes, name: str) -> Parsed:
    """Raises ReadError with the line that is not JSON."""
    builder = TextBuilder()
    for record in _records(clean(text), name):
        if isinstance(record, dict):
            title = next((record[key] for key in _TITLES if isinstance(record.get(key), str)), "")
            builder.add(BlockKind.HEADING, fold_spaces(title), level=2)
        builder.add(BlockKind.PARAGRAPH, "\n".join(_lines(record, "", 0)))
    return builder.build()


def _records(text: str, name: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise ReadError(f"{name} is not valid JSON: {error}.", "Correct it, or name it .txt.") from error
    except RecursionError as error:
        raise ReadError(f"{name} is nested too deep.", "Flatten it.") from error
    else:
        yield from whole if isinstance(whole, list) else [whole]
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                raise ReadError(f"{name}, line {number}: {error}.", "Each line must be one JSON value.") from error


def _lines(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _lines(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST and any(isinstance(v, dict | list) for v in value):
        for inner in value:
            yield from _lines(inner, path, depth + 1)
    else:
        shown = fold_spaces(_shown(value))
        if shown:
            yield f"{path}: {shown}" if path else shown


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(inner) for inner in value)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
