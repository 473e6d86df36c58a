"""Text in pictures, by RapidOCR: PP-OCRv6's models come in its package, and nothing is fetched.

An extra of the package (``pip install 'footnoted[ocr]'``). Reads Latin scripts, Chinese and Japanese.
"""

import functools
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import UnsupportedMedia
from ingest import isolated

if TYPE_CHECKING:
    from PIL import Image

INSTALL = "Install OCR with `pip install 'footnoted[ocr]'` and ingest it again."

# Of lines with noise over them, those that scored 0.9 and more had 96 % of their letters right, 0.8 to 0.9: 76 %,
# below that half at most. Clean print of 8 pixels and more scores over 0.94. What is mostly wrong must not be cited.
_LEAST_CONFIDENCE = 0.8
# The models and their work space on a page of 2,000 pixels, measured: 1.6 GB of address space, 0.8 GB resident.
_ENGINE_MB = 2048
_COLUMN_LINES = 3
_COLUMN_CHARS = 15


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line or a cell of one; pixels from the top left corner of the picture, confidence from 0 to 1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


def available() -> bool:
    """Whether OCR is installed. Loads nothing."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def ocr_lines(picture: "Image.Image") -> list[OcrLine]:
    """The lines of a picture in reading order, column after column. Takes seconds: run it in a parser process.

    Raises UnsupportedMedia where OCR is not installed.
    """
    if not available():
        raise UnsupportedMedia("A picture can be read by OCR only.", INSTALL)
    import numpy as np

    pixels = np.asarray(_on_white(picture))[:, :, ::-1]  # the library wants blue first
    found = _engine()(np.ascontiguousarray(pixels))
    if found.txts is None or found.boxes is None:
        return []
    lines = []
    for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True):
        if score >= _LEAST_CONFIDENCE and text.strip():
            (x0, y0), (x1, y1) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
            lines.append(OcrLine(text.strip(), x0, y0, x1, y1, float(score)))
    return _in_order(lines)


@functools.cache
def _engine() -> Any:
    """Loaded once a process. One thread: the ingest runs several processes, and people ask meanwhile."""
    isolated.more_memory(_ENGINE_MB)
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", "Global.text_score": _LEAST_CONFIDENCE, **threads})


def _on_white(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if picture.mode == "P":
        picture = picture.convert("RGBA")
    if picture.mode in ("RGBA", "LA", "PA"):
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if picture.mode.startswith("I"):  # 16 bits a pixel, of which convert() would keep the lower ones
        picture = picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGB")


def _in_order(lines: list[OcrLine]) -> list[OcrLine]:
    """Columns of prose one after the other, what runs across them before or behind; else by rows."""
    gutter = _gutter(lines)
    if gutter is None:
        return _by_rows(lines)
    across = sorted((line for line in lines if line.x0 < gutter < line.x1), key=lambda line: line.y0)
    ordered: list[OcrLine] = []
    top = float("-inf")
    for bottom, crossing in [*((line.y0, line) for line in across), (float("inf"), None)]:
        band = [line for line in lines if line not in across and top <= (line.y0 + line.y1) / 2 < bottom]
        for side in ([n for n in band if n.x1 <= gutter], [n for n in band if n.x0 >= gutter]):
            ordered += _in_order(side)
        if crossing is not None:
            ordered.append(crossing)
            top = bottom
    return ordered


def _by_rows(lines: list[OcrLine]) -> list[OcrLine]:
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda line: (line.y0 + line.y1) / 2):
        last = rows[-1][-1] if rows else None
        if last is not None and (line.y0 + line.y1) / 2 < last.y0 + 0.75 * (last.y1 - last.y0):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]


def _gutter(lines: list[OcrLine]) -> float | None:
    """Where the gap between two columns of prose is, if there are two. Columns of a table hold few words a line."""
    if len(lines) < 2 * _COLUMN_LINES:
        return None
    left_end, right_end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    candidates = {line.x0 - 1 for line in lines if line.x0 > left_end + 0.2 * (right_end - left_end)}
    best: tuple[int, float] | None = None
    for x in candidates:
        left, right = [n for n in lines if n.x1 <= x], [n for n in lines if n.x0 >= x]
        crossing = len(lines) - len(left) - len(right)
        if _is_prose(left) and _is_prose(right) and crossing * 4 <= len(lines) and (best is None or crossing < best[0]):
            best = (crossing, x)
    return best[1] if best else None


def _is_prose(lines: list[OcrLine]) -> bool:
    lengths = sorted(len(line.text) for line in lines)
    return len(lines) >= _COLUMN_LINES and lengths[len(lengths) // 2] >= _COLUMN_CHARS
