"""One page of a PDF, by PDFium: its characters with their places, and its picture. Run by ingest/pdf_isolated.py.

As a program: ``python -m ingest.pdf_pages text|png PATH PAGE MEMORY_MB [WIDTH]``. The result goes to standard
output; an error goes to standard error as JSON, with the exit code REFUSED.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.errors import ReadError, TooLarge
from ingest import ocr
from ingest.pdf_columns import ordered_rows
from ingest.pdf_isolated import HINT, REFUSED, UNIT
from ingest.pdf_scans import may_hold_text, scanned_lines
from ingest.pdf_segments import page_segments

_MAX_CHARS = 200_000
_OCR_MB = 2560
_MAX_HEIGHT = 6_000  # pixels; a page may be as narrow as a ribbon


def page_text(path: str, number: int) -> dict[str, Any]:
    """``width`` and ``height`` in points as shown, ``text`` in the order of reading that the ingest finds, and
    ``boxes``: four whole numbers (left, top, right, bottom) a character; all 0 where it takes no room.

    A page that is a picture is read by OCR where that is installed. Raises ReadError, TooLarge.
    """
    with _opened(path, number) as page:
        width, height = page.get_size()
        textpage = page.get_textpage()
        count = textpage.count_chars()
        if count > _MAX_CHARS:
            raise TooLarge(f"Page {number} holds {count:,} characters; the limit is {_MAX_CHARS:,}.", HINT)
        found = page_segments(page)
        characters: list[str] = []
        boxes: list[int] = []
        if (not found.segments or found.junk) and may_hold_text(page) and ocr.available():
            _read_picture(page, characters, boxes)
        for segment in (s for region in ordered_rows(found.segments) for row in region for s in row):
            for i in range(segment.start, segment.end):
                _put(pdfium_c.FPDFText_GetUnicode(textpage.raw, i), _box(page, textpage, i), characters, boxes)
            _put(ord("\n"), (0, 0, 0, 0), characters, boxes)
        return {"width": width, "height": height, "text": "".join(characters), "boxes": boxes}


def _put(code: int, box: tuple[int, int, int, int], characters: list[str], boxes: list[int]) -> None:
    if 0xDC00 <= code < 0xE000 and characters and "\ud800" <= characters[-1] < "\udc00":
        # The second half of a character beyond the basic plane.
        characters[-1] = (characters[-1] + chr(code)).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        return
    characters.append(chr(code) if code < 0x110000 else "\0")
    boxes.extend(box)


def _read_picture(page: pdfium.PdfPage, characters: list[str], boxes: list[int]) -> None:
    """The characters of a page by OCR; each gets an even part of its line's box."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)
    lines, (width, height) = scanned_lines(page)
    for line in lines:
        step = (line.x1 - line.x0) / len(line.text)
        for i, character in enumerate(line.text):
            x = line.x0 + i * step
            edges = (x / width, line.y0 / height, (x + step) / width, line.y1 / height)
            left, top, right, bottom = (round(edge * UNIT) for edge in edges)
            _put(ord(character), (left, top, right, bottom), characters, boxes)
        _put(ord("\n"), (0, 0, 0, 0), characters, boxes)


def page_png(path: str, number: int, width: int) -> bytes:
    """The page as a picture of ``width`` pixels, less where it would be too high. Raises ReadError."""
    with _opened(path, number) as page:
        points_wide, points_high = page.get_size()
        scale = min(width / max(points_wide, 1.0), _MAX_HEIGHT / max(points_high, 1.0))
        picture = page.render(scale=scale).to_pil()
        out = io.BytesIO()
        # Text pages have few colours and large even areas: the fastest level is nearly as small as the best.
        picture.save(out, "PNG", compress_level=3)
        return out.getvalue()


def _box(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, index: int) -> tuple[int, int, int, int]:
    """The room of a character on its line, with rotation and crop of the page applied."""
    rect = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(textpage.raw, index, rect) or rect.right <= rect.left:
        return 0, 0, 0, 0
    corners = []
    for x, y in ((rect.left, rect.top), (rect.right, rect.bottom)):
        across, down = c_int(), c_int()
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, UNIT, UNIT, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


@contextmanager
def _opened(path: str, number: int) -> Iterator[pdfium.PdfPage]:
    """The page of a file. Raises ReadError where PDFium can open the one or the other not."""
    try:
        document = pdfium.PdfDocument(path)
        page = document[number - 1]
    except (pdfium.PdfiumError, FileNotFoundError, IndexError) as error:
        raise ReadError(f"Page {number} of the original file cannot be opened.", HINT) from error
    try:
        yield page
    finally:
        page.close()
        document.close()


def _main(what: str, path: str, number: str, memory_limit_mb: str, width: str = "0") -> int:
    limit = int(memory_limit_mb) * 1024**2
    # OCR, where it is needed, takes the memory up to the hard limit for its models.
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit + _OCR_MB * 1024**2))
    try:
        if what == "text":
            # ASCII escapes carry any text, half characters too.
            answer = json.dumps(page_text(path, int(number))).encode("ascii")
        else:
            answer = page_png(path, int(number), int(width))
    except (ReadError, TooLarge) as error:
        sys.stderr.write(json.dumps({"error": type(error).__name__, "message": error.message, "hint": error.hint}))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
