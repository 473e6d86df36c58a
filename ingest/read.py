"""Bytes to a Document: the format recognised, parsed, titled, its language told."""

import hashlib
import importlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PurePosixPath

from core.errors import EmptyDocument, ReadError, TooLarge
from core.types import Document, Finding
from ingest import detect, isolated, media_types, ocr, packages
from ingest.blocks import Parsed, clean
from ingest.isolated import OnProgress
from ingest.languages import language_of
from ingest.sources import check_size

# Each parser's library is imported when a file of its format comes, and nowhere else.
_PARSERS = {
    media_types.PDF: "ingest.pdf",
    media_types.HTML: "ingest.html",
    media_types.MARKDOWN: "ingest.markdown",
    media_types.PLAIN: "ingest.plain",
    media_types.CSV: "ingest.delimited",
    media_types.JSON: "ingest.json_records",
    media_types.RST: "ingest.restructured",
    media_types.CODE: "ingest.source_code",
    media_types.RTF: "ingest.rtf",
    media_types.MAIL: "ingest.mail",
    packages.DOCX: "ingest.docx",
    packages.PPTX: "ingest.pptx",
    packages.XLSX: "ingest.xlsx",
    packages.ODT: "ingest.odt",
    packages.EPUB: "ingest.epub",
    **dict.fromkeys(
        (media_types.PNG, media_types.JPEG, media_types.GIF, media_types.TIFF, media_types.BMP, media_types.WEBP),
        "ingest.images",
    ),
}
_NEVER_SLOW = {media_types.PLAIN, media_types.CODE}
_ISOLATED_CHARS = 200_000  # of a text format: below, the worst takes a second, not worth a process
_TITLE_CHARS = 200


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a source may hold at most: bytes, and characters of text.

    Plain text of 300 MB is read with four times its size in memory; beyond 400 million characters, 512 MiB of
    mostly ASCII, it would be a data set and no document.
    """

    max_bytes: int = 512 * 1024**2
    max_chars: int = 400_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A document, plain sentences on what was odd about its source, and what of it may cost answers."""

    document: Document
    notes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def reader_version() -> str:
    """Names what would read a source now: what one version fails at, or one without OCR, another may read."""
    return version("footnoted") + ("+ocr" if ocr.available() else "")


def content_hash(data: bytes) -> str:
    """SHA-256 of the original bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def document_id(uri: str, digest: str) -> str:
    """32 hexadecimal digits that stand for these bytes at this uri."""
    return hashlib.sha256(f"{uri}\0{digest}".encode()).hexdigest()[:32]


def read(
    data: bytes, uri: str, name: str, limits: ReadLimits | None = None, on_progress: OnProgress | None = None
) -> Reading:
    """Parse ``data``. ``name`` is the file name: for messages, the title of last resort, text formats.

    ``on_progress`` is that of ``ingest.isolated.parse``; a format that is read in this process does not call it.

    Raises ReadError: EmptyDocument, EncryptedDocument, UnsupportedMedia, TooLarge or the bare class.
    """
    limits = limits or ReadLimits()
    check_size(len(data), name, limits.max_bytes)
    if not data:
        raise EmptyDocument(f"{name} is empty (0 bytes).", "Check that it was saved and copied whole.")
    media_type, text = detect.detect(data, name)
    parsed = _parse(media_type, data, text, name, on_progress)
    if len(parsed.text) > limits.max_chars:
        raise TooLarge(
            f"{name} holds {len(parsed.text):,} characters; the limit is {limits.max_chars:,}.",
            "Split the file, or raise the setting ingest.max_chars.",
        )
    if not parsed.blocks:
        raise EmptyDocument(f"{name} holds no text.", "Check the file in its own program.")
    _check_blocks(parsed, name)
    notes = parsed.notes
    if PurePosixPath(name).suffix.lower() == ".pdf" and media_type != media_types.PDF:
        notes = (*notes, f"{name} is named .pdf but is {media_type}; it was read as that.")
    digest = content_hash(data)
    document = Document(
        id=document_id(uri, digest),
        uri=uri,
        title=_title(parsed, name),
        media_type=media_type,
        language=language_of(parsed.text),
        text=parsed.text,
        blocks=parsed.blocks,
        metadata={**parsed.metadata, "sha256": digest},
    )
    return Reading(document, notes, parsed.findings)


def _parse(media_type: str, data: bytes, text: str | None, name: str, on_progress: OnProgress | None) -> Parsed:
    module = _PARSERS[media_type]
    if text is None:
        return isolated.parse(module, data, name, on_progress=on_progress)
    if len(text) > _ISOLATED_CHARS and media_type not in _NEVER_SLOW:
        return isolated.parse(module, text.encode(), name, on_progress=on_progress)
    parsed: Parsed = importlib.import_module(module).parse(text, name)
    return parsed


def _title(parsed: Parsed, name: str) -> str:
    """The document's own title if it has words (export programs leave serial numbers), else the file's."""
    title = " ".join(clean(parsed.title or "").split())[:_TITLE_CHARS]
    if sum(c.isalpha() for c in title) >= 3 and title.lower() not in ("untitled", "untitled document"):
        return title
    name = clean(name)  # a file name need not be Unicode
    stem = PurePosixPath(name).stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] or name


def _check_blocks(parsed: Parsed, name: str) -> None:
    """Offsets are a promise; a parser that breaks it must not reach the catalog."""
    last = 0
    for block in parsed.blocks:
        piece = parsed.text[block.start : block.end]
        if not last <= block.start < block.end <= len(parsed.text) or piece != piece.strip():
            raise ReadError(f"{name}: the parser gave a bad block at {block.start}–{block.end}.", "Report this.")
        last = block.end
