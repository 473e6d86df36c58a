"""One small whole file of every format, to be damaged by bench/damaged_files.py and by a test."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from PIL import Image, ImageDraw, ImageFont

DATA = Path(__file__).parents[1] / "tests" / "data"

_TITLE = "Rules of the harbour"
_PARAGRAPHS = (
    "The office opens at eight o'clock and closes at dusk, on Sundays at noon.",
    "The fee is 12.50 EUR a night for boats of up to ten metres; larger ones pay 20 EUR.",
    "Whoever leaves after three in the afternoon pays for one more night.",
)
_ROWS = (("Boat", "Length", "Fee"), ("Dinghy", "4", "5 EUR"), ("Yacht", "12", "20 EUR"))
_ODT = "application/vnd.oasis.opendocument.text"
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODT}"/></manifest:manifest>'
)
_CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_BOOK = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Rules</dc:title></metadata><manifest>'
    '<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="one"/></spine></package>'
)


def seeds() -> dict[str, bytes]:
    """File name to content."""
    text = "\n\n".join((_TITLE.upper(), *_PARAGRAPHS))
    markdown = f"# {_TITLE}\n\n" + "\n\n".join(_PARAGRAPHS) + "\n\n" + _piped() + "\n- one\n- two\n\n```\ncode\n```\n"
    rows = "\n".join(",".join(row) for row in _ROWS)
    found = {
        "rules.txt": text.encode(),
        "utf16.txt": text.encode("utf-16"),
        "latin.txt": (text + "\n\nGrößere Boote zahlen für zwei Nächte, außer sonntags.").encode("cp1252"),
        "rules.md": markdown.encode(),
        "rules.rst": f"{_TITLE}\n{'=' * len(_TITLE)}\n\n{_PARAGRAPHS[0]}\n\n- one\n- two\n\n::\n\n  code\n".encode(),
        "rules.csv": rows.encode(),
        "rules.tsv": rows.replace(",", "\t").encode(),
        "rules.json": json.dumps([dict(zip(_ROWS[0], row, strict=True)) for row in _ROWS[1:]]).encode(),
        "rules.jsonl": "\n".join(json.dumps({"title": _TITLE, "text": p}) for p in _PARAGRAPHS).encode(),
        "rules.rtf": ("{\\rtf1\\ansi{\\b " + _TITLE + "}\\par\n" + "\\par\n".join(_PARAGRAPHS) + "\\par}").encode(),
        "rules.py": b'"""Fees."""\n\n\ndef fee(length: float) -> float:\n    return 12.5 if length <= 10 else 20.0\n',
        "rules.eml": _mail().as_bytes(),
        "rules.mbox": b"".join(b"From a@b.example Mon Jan  1 10:00:00 2024\n" + _mail().as_bytes() for _ in range(2)),
        "rules.docx": _docx(),
        "rules.pptx": _pptx(),
        "rules.xlsx": _xlsx(),
        "rules.odt": packed(
            {"mimetype": _ODT.encode(), "content.xml": _odt().encode(), "META-INF/manifest.xml": _MANIFEST.encode()}
        ),
        "rules.epub": packed(
            {
                "mimetype": b"application/epub+zip",
                "META-INF/container.xml": _CONTAINER.encode(),
                "OPS/book.opf": _BOOK.encode(),
                "OPS/one.xhtml": _page().encode(),
            }
        ),
        "rules.zip": packed({"a/rules.txt": text.encode(), "b/rules.md": markdown.encode()}),
        "rules.tar": _tar(text.encode()),
        "rules.txt.gz": gzip.compress(text.encode(), mtime=0),
        "rules.tar.gz": gzip.compress(_tar(text.encode()), mtime=0),
        "rules.tar.bz2": bz2.compress(_tar(text.encode())),
        "rules.tar.xz": lzma.compress(_tar(text.encode())),
    }
    for kind in ("png", "jpeg", "tiff", "gif", "bmp", "webp"):
        found[f"rules.{kind}"] = _picture(kind)
    for path in sorted(DATA.iterdir()):
        if path.suffix in (".pdf", ".html"):
            found[path.name] = path.read_bytes()
    return found


def packed(members: Mapping[str, bytes]) -> bytes:
    """A ZIP file; "mimetype" is stored as it is, as packages want it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return out.getvalue()


def _piped() -> str:
    head, *rows = ("| " + " | ".join(row) + " |" for row in _ROWS)
    return "\n".join((head, "|---|---|---|", *rows)) + "\n"


def _page() -> str:
    body = "".join(f"<p>{p}</p>" for p in _PARAGRAPHS)
    return f"<html><head><title>{_TITLE}</title></head><body><h1>{_TITLE}</h1>{body}</body></html>"


def _odt() -> str:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "table"))
    body = "".join(f"<text:p>{p}</text:p>" for p in _PARAGRAPHS)
    return (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:text>'
        f'<text:h text:outline-level="1">{_TITLE}</text:h>{body}</office:text></office:body></office:document-content>'
    )


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", _TITLE
    message["Message-ID"], message["Date"] = "<1@b.example>", "Mon, 01 Jan 2024 10:00:00 +0000"
    message.set_content("\n\n".join(_PARAGRAPHS))
    message.add_alternative(_page(), subtype="html")
    message.add_attachment(b"1,2\n", maintype="text", subtype="csv", filename="a.csv")
    return message


def _docx() -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_heading(_TITLE, 1)
    for paragraph in _PARAGRAPHS:
        document.add_paragraph(paragraph)
    table = document.add_table(len(_ROWS), 3)
    for i, row in enumerate(_ROWS):
        for j, value in enumerate(row):
            table.cell(i, j).text = value
    document.save(out)
    return out.getvalue()


def _pptx() -> bytes:
    deck, out = pptx.Presentation(), io.BytesIO()
    for paragraph in _PARAGRAPHS:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = _TITLE, paragraph
    deck.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in _ROWS:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _tar(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a/rules.txt", "b/rules.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _picture(kind: str) -> bytes:
    picture, out = Image.new("RGB", (320, 240), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((12, 16), "The fee is 12.50 EUR.", "black", ImageFont.load_default(22))
    picture.save(out, kind)
    return out.getvalue()
