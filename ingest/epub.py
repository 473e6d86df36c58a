"""EPUB to blocks: the chapters in reading order, each read as HTML."""

import io
import posixpath
import zipfile
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from core.errors import EncryptedDocument, ReadError
from ingest.blocks import Parsed, TextBuilder, clean, fold_spaces
from ingest.html import parse_fragment
from ingest.packages import DAMAGED_ZIP

_CONTAINER = "META-INF/container.xml"
_NO_TEXT = {"titlepage", "toc", "landmarks", "page-list", "cover"}
_RIGHTS = "META-INF/encryption.xml"


def parse(data: bytes, name: str) -> Parsed:
    """Raises ReadError; EncryptedDocument for books with rights management."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return _parse(book, name)
    except (*DAMAGED_ZIP, KeyError) as error:
        raise ReadError(f"{name} is not a whole EPUB: {error}", "Get the file again from its source.") from error


def _parse(book: zipfile.ZipFile, name: str) -> Parsed:
    container = _xml(book.read(_CONTAINER))
    root = container.css_first("rootfile")
    path = root.attributes.get("full-path") if root is not None else None
    if not path:
        raise ReadError(f"{name} does not say where its book is.", "Get the file again from its source.")
    package = _xml(book.read(path))
    folder = posixpath.dirname(path)
    files = {
        item.attributes.get("id"): posixpath.normpath(
            posixpath.join(folder, unquote(item.attributes.get("href") or ""))
        )
        for item in package.css("item")
    }
    spine = [files[i] for ref in package.css("itemref") if (i := ref.attributes.get("idref")) in files]
    inside = set(book.namelist())
    protected = book.read(_RIGHTS).decode("utf-8", "replace") if _RIGHTS in inside else ""
    if any(chapter in protected for chapter in spine):
        raise EncryptedDocument(f"{name} is protected by rights management.", "Footnoted reads books without it.")
    builder = TextBuilder()
    missing = [chapter for chapter in spine if chapter not in inside]
    for chapter in spine:
        if chapter in inside:
            _chapter(clean(book.read(chapter).decode("utf-8", "replace")), builder)
    title = package.css_first("dc\\:title") or package.css_first("title")
    notes = (f"{name} lacks {len(missing)} of its chapters.",) if missing else ()
    return builder.build(fold_spaces(title.text()) if title is not None else builder.first_heading(), notes=notes)


def _chapter(source: str, builder: TextBuilder) -> None:
    """A chapter, unless it is there to find others: its title page and its table of contents."""
    body = LexborHTMLParser(source).body
    kinds = " ".join(
        node.attributes.get("epub:type") or "" for node in [body, *(body.iter() if body is not None else ())] if node
    ).split()
    if not _NO_TEXT.intersection(kinds):
        parse_fragment(source, builder)


def _xml(data: bytes) -> LexborHTMLParser:
    """As lenient HTML: the few elements asked for are found by name, and no entity is expanded."""
    return LexborHTMLParser(data.decode("utf-8", "replace"))
