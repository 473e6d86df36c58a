"""PowerPoint files to blocks: a page a slide, its title as heading, texts, tables and the speaker's notes."""

import io
from collections.abc import Iterator
from typing import Any

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder, fold_spaces
from ingest.packages import whole
from ingest.tables import table_lines

_DEEPEST_GROUP = 20


def parse(data: bytes, name: str) -> Parsed:
    """Pages are slide numbers. Raises ReadError."""
    import pptx

    with whole(name, "PowerPoint file", "Save it again in PowerPoint."):
        presentation = pptx.Presentation(io.BytesIO(data))
    builder = TextBuilder()
    for number, slide in enumerate(presentation.slides, start=1):
        title = slide.shapes.title
        if title is not None and title.has_text_frame:
            builder.add(BlockKind.HEADING, fold_spaces(title.text_frame.text), page=number, level=2)
        for shape in _shapes(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                _shape(shape, number, builder)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = fold_spaces(slide.notes_slide.notes_text_frame.text)
            builder.add(BlockKind.PARAGRAPH, f"Notes: {notes}" if notes else "", page=number)
    return builder.build(presentation.core_properties.title or builder.first_heading())


def _shapes(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """In reading order: from the top, then from the left; groups opened."""
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        if shape.shape_type == 6 and depth < _DEEPEST_GROUP:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _shape(shape: Any, number: int, builder: TextBuilder) -> None:
    if getattr(shape, "has_table", False) and shape.has_table:
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        header = True if shape.table.first_row else None
        builder.add(BlockKind.TABLE, "\n".join(table_lines(rows, header=header)), page=number)
        return
    if not shape.has_text_frame:
        return
    lines = [fold_spaces(paragraph.text) for paragraph in shape.text_frame.paragraphs]
    lines = [line for line in lines if line]
    if len(lines) > 1:
        builder.add(BlockKind.LIST, "\n".join(f"- {line}" for line in lines), page=number)
    elif lines:
        builder.add(BlockKind.PARAGRAPH, lines[0], page=number)
