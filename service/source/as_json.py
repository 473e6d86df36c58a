"""A Source as JSON, version 1 of the wire contract."""

from dataclasses import asdict
from typing import Any

from service.source.cells import tabbed
from service.source.records import ShownBlock, Source


def source_json(source: Source) -> dict[str, Any]:
    """Of a table's text, rows are lines and cells are parted by tabs."""
    asked, cited = source.asked, source.cited
    return {
        "document_id": source.document_id,
        "title": source.title,
        "media_type": source.media_type,
        "language": source.language,
        "pages": source.pages,
        "state": source.state.value,
        "asked": asked and {"start": asked.start, "end": asked.end, "quote": asked.quote},
        "cited": cited and asdict(cited),
        "window": asdict(source.window),
        "blocks": [_block_json(block) for block in source.blocks],
        "outline": [asdict(heading) for heading in source.outline],
        "view_url": source.view_url,
    }


def _block_json(block: ShownBlock) -> dict[str, Any]:
    parts = tabbed(block.parts) if block.kind == "table" else block.parts
    return {
        "kind": block.kind,
        "level": block.level,
        "page": block.page,
        "start": block.start,
        "parts": [{"text": part.text, "lit": part.lit} for part in parts],
    }
