"""The names of the formats that are read; those of Office and e-book packages are in ingest/packages.py."""

from typing import Final

PDF: Final = "application/pdf"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
CSV: Final = "text/csv"
JSON: Final = "application/json"
RST: Final = "text/x-rst"
CODE: Final = "text/x-source"
RTF: Final = "application/rtf"
MAIL: Final = "message/rfc822"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
GIF: Final = "image/gif"
TIFF: Final = "image/tiff"
BMP: Final = "image/bmp"
WEBP: Final = "image/webp"
SUPPORTED: Final = (
    "PDF, Word, PowerPoint, Excel, OpenDocument text, EPUB, RTF, HTML, Markdown, reStructuredText, CSV, JSON, "
    "e-mail, source code, plain text, and pictures by OCR"
)
