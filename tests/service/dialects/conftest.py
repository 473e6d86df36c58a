"""What the tests of the dialects share: a collection with a paged document, and the clients' addresses."""

import io

import pytest
from reportlab.lib.pagesizes import A6
from reportlab.pdfgen.canvas import Canvas

PAGED = "dialects-paged"
PAGED_QUESTION = "Who founded the Harrow Observatory?"
_PAGES = (
    "The Harrow Observatory stands on a hill above the town of Melling.",
    "The Harrow Observatory was founded by Edith Lowell in 1894.",
)


@pytest.fixture(scope="session")
def paged(upload) -> str:
    """The name of a collection that holds a PDF of two pages; its second tells who founded an observatory."""
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=A6)
    for words in _PAGES:
        text = canvas.beginText(20, 380)
        text.setFont("Helvetica", 8)
        text.textLine(words)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    assert upload(PAGED, {"observatory.pdf": drawn.getvalue()})["status"] == "done"
    return PAGED


@pytest.fixture(scope="session")
def paged_question() -> str:
    return PAGED_QUESTION


@pytest.fixture
def cites_exactly(stored_text):
    """Checks a citation, as the extension has it, against the stored text."""

    def check(citation: dict, collection: str = "default") -> None:
        assert stored_text(citation, collection)[citation["start"] : citation["end"]] == citation["quote"]

    return check
