"""Sources made on the spot, and the checks that hold for every document and its passages."""

import io
from collections.abc import Callable, Sequence

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from core.types import Document, Passage
from ingest.read import read


def document_of(data: bytes | str, name: str) -> Document:
    data = data.encode() if isinstance(data, str) else data
    return read(data, f"file:///docs/{name}", name).document


def pieces(document: Document) -> list[str]:
    """The text of each block."""
    return [document.text[b.start : b.end] for b in document.blocks]


def shape(document: Document) -> list[tuple[str, str]]:
    """(kind, text) of each block."""
    return [(b.kind.value, document.text[b.start : b.end]) for b in document.blocks]


def word_counts(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def pdf(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """A real PDF with the base fonts; ``draw`` ends its pages by ``showPage``."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def pdf_of_lines(*pages: Sequence[str], leading: float = 14) -> bytes:
    """Each page holds its lines, one below the other, well inside the margins."""

    def draw(canvas: Canvas) -> None:
        for lines in pages:
            canvas.setFont("Helvetica", 11)
            for i, line in enumerate(lines):
                canvas.drawString(72, 700 - i * leading, line)
            canvas.showPage()

    return pdf(draw)


def draw_picture(canvas: Canvas) -> None:
    """A page that is an image only, as a scanner makes it."""
    canvas.drawImage(ImageReader(Image.new("L", (40, 40), 200)), 72, 500, 200, 200)
    canvas.showPage()


def check_document(document: Document) -> None:
    """What every document promises, whatever its format."""
    text = document.text
    text.encode("utf-8")  # can be stored and sent
    document.title.encode("utf-8")
    assert document.title.strip()
    assert document.blocks
    last = 0
    for block in document.blocks:
        piece = text[block.start : block.end]
        assert last <= block.start < block.end <= len(text)
        assert piece == piece.strip()
        assert not text[last : block.start].strip(), "text outside of every block"
        last = block.end
    assert not text[last:].strip(), "text after the last block"


def check_passages(
    document: Document, passages: Sequence[Passage], count_tokens: Callable[[Sequence[str]], list[int]], maximum: int
) -> None:
    """Exact, sorted, disjoint, complete and not too long."""
    covered = bytearray(len(document.text))
    last = 0
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert passage.start >= last
        assert passage.document == document.ref
        last = passage.end
        covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    for block in document.blocks:
        for i in range(block.start, block.end):
            assert covered[i] or document.text[i].isspace(), f"character {i} is in no passage"
    for passage, tokens in zip(passages, count_tokens([p.text for p in passages]), strict=True):
        assert tokens <= maximum or len(passage.text) == 1
    assert len({p.id for p in passages}) == len(passages)
