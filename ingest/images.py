"""Pictures to blocks by OCR; the pictures of a TIFF are its pages."""

import io
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence

from core.errors import EmptyDocument, ReadError, TooLarge, UnsupportedMedia
from core.types import BlockKind, Finding
from ingest import isolated, ocr
from ingest.blocks import Parsed, TextBuilder

# Four times a page of A3 at 300 dpi; each pixel takes three bytes or four, twice.
_MOST_PIXELS = 70_000_000
_MOST_PAGES = 2_000
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
_CELL_GAP = 1.0  # line heights
_PARAGRAPH_GAP = 0.6
_HEADING_SIZE = 1.25  # the boxes of one type size differ by a sixth
_HEADING_CHARS = 100


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the picture from its left end to its right end, in pixels; ``height`` is that of its lowest piece."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    height: float

    @property
    def is_table_row(self) -> bool:
        return " | " in self.text

    def is_large(self, body: float) -> bool:
        return self.height > _HEADING_SIZE * body


def parse(data: bytes, name: str) -> Parsed:
    """Raises EmptyDocument (no text seen), TooLarge, UnsupportedMedia (OCR is not installed), ReadError (damaged)."""
    if not ocr.available():
        raise UnsupportedMedia(f"{name} is a picture, which can be read by OCR only.", ocr.INSTALL)
    pages: list[list[_Row]] = []
    for number, count, picture in _pictures(data, name):
        pages.append(_rows(ocr.ocr_lines(picture)))
        isolated.progress(number, count)
    heights = [row.height for rows in pages for row in rows]
    if not heights:
        raise EmptyDocument(f"{name} shows no text that OCR can read.", "Scan it sharper, at 200 to 300 dpi.")
    builder = TextBuilder()
    body = statistics.median(heights)
    for number, rows in enumerate(pages, 1):
        _add_page(rows, number, body, builder)
    numbers = tuple(number for number, rows in enumerate(pages, 1) if rows)
    what = "The text was read from a picture by OCR: check what you cite against the picture."
    return builder.build(findings=(Finding("pages_by_ocr", what, numbers),), metadata={"pages": str(len(pages))})


def _pictures(data: bytes, name: str) -> Iterator[tuple[int, int, Image.Image]]:
    """Each page upright, with its number and how many there are. Only a TIFF has pages: a GIF has its first picture."""
    damaged = ReadError(f"{name} is a damaged picture.", "Save or scan it again.")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            has_pages = picture.format == "TIFF"
            count = getattr(picture, "n_frames", 1) if has_pages else 1
            frames = ImageSequence.Iterator(picture) if has_pages else [picture]
            for number, frame in enumerate(frames, 1):
                if frame.width * frame.height > _MOST_PIXELS:
                    raise _too_many_pixels(name)
                if number > _MOST_PAGES:
                    raise TooLarge(f"{name} has more than {_MOST_PAGES:,} pages.", "Split it.")
                frame.load()
                yield number, count, ImageOps.exif_transpose(frame)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name) from error
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # a border: each of Pillow's decoders has errors of its own
        raise damaged from error


def _too_many_pixels(name: str) -> TooLarge:
    return TooLarge(
        f"{name} has more than {_MOST_PIXELS / 1e6:.0f} megapixels.", "Save it smaller: 300 dpi are enough."
    )


def _rows(lines: list[ocr.OcrLine]) -> list[_Row]:
    """Pieces that stand side by side become one row; wide gaps part its cells."""
    rows: list[_Row] = []
    for line in lines:
        height = line.y1 - line.y0
        last = rows[-1] if rows else None
        if last is not None and line.x0 >= last.right and last.top < (line.y0 + line.y1) / 2 < last.bottom:
            between = " | " if line.x0 - last.right > _CELL_GAP * height else " "
            top, bottom = min(last.top, line.y0), max(last.bottom, line.y1)
            rows[-1] = _Row(last.text + between + line.text, last.left, line.x1, top, bottom, min(last.height, height))
        else:
            rows.append(_Row(line.text, line.x0, line.x1, line.y0, line.y1, height))
    return rows


def _add_page(rows: list[_Row], page: int, body: float, builder: TextBuilder) -> None:
    group: list[_Row] = []
    for row in rows:
        if group and not _continues(group[-1], row, body):
            _flush(group, page, body, builder)
        group.append(row)
    _flush(group, page, body, builder)


def _continues(last: _Row, row: _Row, body: float) -> bool:
    """Whether two rows are of one block: little room between them, and of one kind."""
    apart = row.top - last.bottom
    if apart > _PARAGRAPH_GAP * body or row.bottom < last.top:  # higher up: the next column
        return False
    return last.is_table_row == row.is_table_row and last.is_large(body) == row.is_large(body)


def _flush(group: list[_Row], page: int, body: float, builder: TextBuilder) -> None:
    text = "\n".join(row.text for row in group)
    if group and all(row.is_table_row for row in group):
        builder.add(BlockKind.TABLE, text, page=page)
    elif group and all(row.is_large(body) for row in group) and len(text) <= _HEADING_CHARS:
        builder.add(BlockKind.HEADING, text.replace("\n", " "), page=page, level=2)
    else:
        builder.add(BlockKind.PARAGRAPH, text, page=page)
    group.clear()
