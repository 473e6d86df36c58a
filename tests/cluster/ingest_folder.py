"""A folder of sources of many formats, and what a catalog holds of it."""

import io
import zipfile
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from index import schema
from service.engine import Engine


def fill(folder: Path, texts: int = 12) -> Path:
    """Texts, Markdown, HTML, a PDF, an archive, a file that nobody can read, and one file twice."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(texts):
        (folder / f"note-{i:03}.txt").write_text("\n\n".join(_paragraph(i, j) for j in range(1 + i % 5)))
    (folder / "guide.md").write_text(f"# Harbours\n\n{_paragraph(100, 1)}\n\n## Tides\n\n{_paragraph(101, 2)}\n")
    (folder / "page.html").write_text(f"<html><body><h1>Boats</h1><p>{_paragraph(102, 3)}</p></body></html>")
    (folder / "copy of guide.md").write_bytes((folder / "guide.md").read_bytes())
    (folder / "report.pdf").write_bytes(_pdf(_paragraph(103, 4)))
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 cut short")
    (folder / "papers.zip").write_bytes(_zip({"a.txt": _paragraph(104, 5), "deep/b.txt": _paragraph(105, 6)}))
    return folder


def held(engine: Engine, collection: str = "default") -> dict[str, list[tuple[Any, ...]]]:
    """All rows that reading and embedding made, without keys and times; vectors as bytes."""
    d, p, q = schema.documents.c, schema.passages.c, schema.document_quality.c
    of = schema.documents.c.collection_id == engine.collection(collection).id
    documents = (
        select(d.uri, d.id, d.title, d.media_type, d.language, d.sha256, d.text, d.blocks, d.metadata, d.pages)
        .where(of)
        .order_by(d.uri)
    )
    passages = (
        select(d.uri, p.start, p.end, p.section, p.first_page, p.last_page, p.text, p.language, p.input_hash, p.vector)
        .join(schema.documents, d.key == p.document_key)
        .where(of)
        .order_by(d.uri, p.start)
    )
    findings = (
        select(d.uri, q.findings, q.signature).join(schema.documents, d.key == q.document_key).where(of).order_by(d.uri)
    )
    failures = select(schema.failed_sources.c.uri, schema.failed_sources.c.code).order_by(schema.failed_sources.c.uri)
    with schema.read(engine.store.catalog.engine) as connection:
        found = {"documents": documents, "passages": passages, "findings": findings, "failures": failures}
        return {name: [tuple(row) for row in connection.execute(wanted)] for name, wanted in found.items()}


def _paragraph(one: int, other: int) -> str:
    return f"The harbour number {one} keeps {other} boats of oak, and its warden counts them at dawn. " * 3


def _pdf(text: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in range(2):
        for line, words in enumerate(text.split(". ")):
            canvas.drawString(72, 720 - 16 * line, f"{words} on page {page + 1}.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()
