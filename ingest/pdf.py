"""PDF to blocks with page numbers, by PDFium."""

import contextlib

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.errors import EmptyDocument, EncryptedDocument, ReadError
from ingest.blocks import Parsed, TextBuilder
from ingest.pdf_layout import Page, add_pages
from ingest.pdf_lines import page_lines

_HOPELESS = 1_000  # pages in a row that cannot be loaded: a document may claim any number of them


def parse(data: bytes, name: str) -> Parsed:
    """Raises EncryptedDocument, EmptyDocument (no pages, or none with text), ReadError (damaged).

    PDFium may not be entered by two threads at once, and some files take it down: see ingest/isolated.py.
    """
    document = _open(data, name)
    try:
        return _read(document, data, name)
    finally:
        document.close()


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        # pypdfium2 refuses a document without pages too, and the last error is then that of an earlier call.
        opened = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
        if opened:
            pdfium_c.FPDF_CloseDocument(opened)
            raise EmptyDocument(f"{name} is a PDF without pages.", "Check how it was exported.") from error
        reason = pdfium_c.FPDF_GetLastError()
        if reason == pdfium_c.FPDF_ERR_PASSWORD:
            raise EncryptedDocument(
                f"{name} is encrypted and needs a password.",
                "Save a copy without a password and ingest that.",
            ) from error
        hint = "Get the file again, or repair it (for instance with `qpdf in.pdf out.pdf`)."
        raise ReadError(f"{name} is damaged or cut short: PDFium cannot open it.", hint) from error


def _read(document: pdfium.PdfDocument, data: bytes, name: str) -> Parsed:
    count = len(document)
    pages: list[Page] = []
    without_text: list[int] = []
    unreadable: list[int] = []
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            lines = page_lines(page)
            pages.append(Page(number, page.get_height(), lines))
            page.close()
        except pdfium.PdfiumError:
            unreadable.append(number)
            if len(unreadable) == number and number in (count, _HOPELESS):
                hint = "Get the file again, or repair it (for instance with `qpdf in.pdf out.pdf`)."
                raise ReadError(f"{name} is damaged: none of its pages can be read.", hint) from None
            continue
        if not lines:
            without_text.append(number)
    if len(without_text) + len(unreadable) == count:
        raise EmptyDocument(
            f"{name} has no text on any of its {count} pages: they are probably scanned images.",
            "Run OCR on it first (for instance with `ocrmypdf in.pdf out.pdf`).",
        )
    builder = TextBuilder()
    add_pages(pages, builder)
    info = _metadata(document)
    title = info.get("title", "").strip()
    notes = []
    if without_text:
        notes.append(f"No text on {_pages(without_text)} of {count}: images there were not read.")
    if unreadable:
        notes.append(f"{_pages(unreadable).capitalize()} of {count} could not be read: the file is damaged.")
    if b"%%EOF" not in data[-2048:]:
        notes.append("The file ends without its end mark: it may be cut short.")
    return builder.build(title or None, {**info, "pages": str(count)}, tuple(notes))


def _metadata(document: pdfium.PdfDocument) -> dict[str, str]:
    """The document's own description by lower-case key, without what is empty or not decodable."""
    found = {}
    for key in document.METADATA_KEYS:
        with contextlib.suppress(UnicodeDecodeError):
            found[key.lower()] = document.get_metadata_value(key)
    return {key: value for key, value in found.items() if value}


def _pages(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}"
