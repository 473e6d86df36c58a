"""PDF to blocks with page numbers, by PDFium."""

import contextlib
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.errors import EmptyDocument, EncryptedDocument, ReadError
from core.types import Finding
from ingest import isolated, ocr
from ingest.blocks import Parsed, TextBuilder
from ingest.pdf_columns import looks_scrambled, ordered_lines
from ingest.pdf_furniture import Page
from ingest.pdf_layout import Layout
from ingest.pdf_scans import may_hold_text, scanned_segments
from ingest.pdf_segments import page_segments

_HOPELESS = 1_000  # pages in a row that cannot be loaded: a document may claim any number of them
_ANEW = 200  # pages
_REASON = {False: "they are probably scanned images", True: "OCR found none in their pictures either"}
_HINT = "Install OCR (`pip install 'footnoted[ocr]'`) or run `ocrmypdf in.pdf out.pdf`, and ingest it again."


def parse(data: bytes, name: str) -> Parsed:
    """Raises EncryptedDocument, EmptyDocument (no pages, or none with text), ReadError (damaged).

    PDFium may not be entered by two threads at once, and some files take it down: see ingest/isolated.py.
    """
    opened = _Opened(data, name)
    try:
        return _read(opened, data, name)
    finally:
        opened.document.close()


class _Opened:
    """A document that is opened anew now and then, because PDFium keeps what it has read of it."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self.document = _open(data, name)

    def page(self, number: int) -> pdfium.PdfPage:
        """Counted from 1, in order. Raises PdfiumError."""
        if number % _ANEW == 0:
            self.document.close()
            self.document = _open(self._data, self._name)
        return self.document[number - 1]


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


def _read(opened: _Opened, data: bytes, name: str) -> Parsed:
    count = len(opened.document)
    builder = TextBuilder()
    layout = Layout(builder, count)
    seen = _Seen()
    for number in range(1, count + 1):
        try:
            _read_page(opened.page(number), number, layout, seen)
        except pdfium.PdfiumError:
            seen.unreadable.append(number)
            if len(seen.unreadable) == number and number in (count, _HOPELESS):
                hint = "Get the file again, or repair it (for instance with `qpdf in.pdf out.pdf`)."
                raise ReadError(f"{name} is damaged: none of its pages can be read.", hint) from None
        isolated.progress(number, count)
    layout.finish()
    if not seen.with_text:
        raise EmptyDocument(f"{name} has no text on any of its {count} pages: {_REASON[ocr.available()]}.", _HINT)
    info = _metadata(opened.document)
    notes = []
    if seen.without_text:
        notes.append(f"No text on {_pages(seen.without_text)} of {count}: images there were not read.")
    if seen.unreadable:
        notes.append(f"{_pages(seen.unreadable).capitalize()} of {count} could not be read: the file is damaged.")
    if b"%%EOF" not in data[-2048:]:
        notes.append("The file ends without its end mark: it may be cut short.")
    metadata = {**info, "pages": str(count)}
    title = info.get("title", "").strip() or None
    parsed = builder.build(title, metadata, tuple(notes), seen.findings(count, layout.flattened))
    parsed = layout.levelled(parsed)
    return parsed if title else replace(parsed, title=_first_heading(parsed))


def _first_heading(parsed: Parsed) -> str | None:
    """What a document begins with in larger type than any other heading: its title."""
    largest = [block for block in parsed.blocks if block.level == 1]
    first = parsed.blocks[0]
    return parsed.text[first.start : first.end] if largest == [first] else None


def _read_page(page: pdfium.PdfPage, number: int, layout: Layout, seen: "_Seen") -> None:
    """Raises PdfiumError."""
    try:
        found = page_segments(page)
        if (not found.segments or found.junk) and may_hold_text(page):
            if ocr.available():
                found = scanned_segments(page)
                if found.segments:
                    seen.by_ocr.append(number)
            if not found.segments or found.junk:
                seen.without_text.append(number)
                return
    finally:
        page.close()
    lines = ordered_lines(found.segments)
    seen.with_text |= bool(lines)
    if looks_scrambled(lines):
        seen.scrambled.append(number)
    layout.add(Page(number, found.height, lines))


@dataclass(slots=True)
class _Seen:
    """Numbers of pages by what was odd about them."""

    with_text: bool = False
    without_text: list[int] = field(default_factory=list)
    by_ocr: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    scrambled: list[int] = field(default_factory=list)

    def findings(self, count: int, flattened: list[int]) -> tuple[Finding, ...]:
        told = (
            (
                "pages_without_text",
                self.without_text,
                f"No text on {{pages}} of {count}: pictures there cannot be answered from. {_HINT}",
            ),
            (
                "pages_by_ocr",
                self.by_ocr,
                f"{{Pages}} of {count} are pictures and were read by OCR: words there may be misread.",
            ),
            (
                "columns_scrambled",
                self.scrambled,
                "Text in columns may have been mixed on {pages}: compare the text with the original.",
            ),
            (
                "tables_flattened",
                flattened,
                "The columns of tables on {pages} could not be named: figures there stand without their heading.",
            ),
        )
        return tuple(
            Finding(code, message.format(pages=_pages(pages), Pages=_pages(pages).capitalize()), tuple(pages))
            for code, pages, message in told
            if pages
        )


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
