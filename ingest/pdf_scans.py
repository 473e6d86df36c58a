"""Pages of a PDF that are pictures of text: drawn and read by OCR, as segments like those of other pages."""

from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ingest.ocr import OcrLine, ocr_lines
from ingest.pdf_segments import PageSegments, Segment

_DPI = 200
_MOST_PIXELS = 3500  # of the longer side
_MANY_SHAPES = 40
_PICTURES = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM, pdfium_c.FPDF_PAGEOBJ_TEXT)
_LEVEL_SIZES = (0.65, 1.45)  # heights of a line's letters differ by which they are, not only by their type size


def may_hold_text(page: pdfium.PdfPage) -> bool:
    """Whether a page has a picture, or so many drawn shapes that they may be letters."""
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    kinds = (pdfium_c.FPDFPageObj_GetType(pdfium_c.FPDFPage_GetObject(page.raw, i)) for i in range(count))
    return count > _MANY_SHAPES or any(kind in _PICTURES for kind in kinds)


def scanned_lines(page: pdfium.PdfPage) -> tuple[list[OcrLine], tuple[float, float]]:
    """The lines of a page's picture in points from its top left corner as shown; its width and height in points.

    Takes seconds. Raises PdfiumError, UnsupportedMedia where OCR is not installed.
    """
    width, height = page.get_size()
    scale = min(_DPI / 72, _MOST_PIXELS / max(width, height, 1.0))
    picture: Any = page.render(scale=scale).to_pil()
    assert isinstance(picture, Image.Image)
    lines = [
        OcrLine(line.text, line.x0 / scale, line.y0 / scale, line.x1 / scale, line.y1 / scale, line.confidence)
        for line in ocr_lines(picture)
    ]
    return lines, (width, height)


def scanned_segments(page: pdfium.PdfPage) -> PageSegments:
    """A page read by OCR. ``start`` and ``end`` of a segment number it among the lines. Raises as scanned_lines."""
    lines, (_, height) = scanned_lines(page)
    heights = sorted(line.y1 - line.y0 for line in lines)
    usual = heights[len(heights) // 2] if heights else 0.0
    segments = []
    for i, line in enumerate(lines):
        tall = line.y1 - line.y0
        size = usual if _LEVEL_SIZES[0] * usual < tall < _LEVEL_SIZES[1] * usual else tall
        box = line.x0, height - line.y1, line.x1, height - line.y0
        segments.append(Segment(line.text, *box, size * 0.85, False, False, i, i + 1))
    return PageSegments(segments, height, junk=False)
