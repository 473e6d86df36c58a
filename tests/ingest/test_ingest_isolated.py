"""Files that take a parser down take nothing else with them."""

import io

import pypdf
import pytest
from ingest_samples import pdf_of_lines

from core.errors import EncryptedDocument, ReadError, TooLarge
from ingest import isolated


def pdf_of(*objects: bytes) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


FORM_THAT_DRAWS_ITSELF_TWICE = pdf_of(
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 5 0 R/Resources<</XObject<</X 4 0 R>>>>>>",
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 11>>"
    b"stream\n/X Do /X Do\nendstream",
    b"<</Length 6>>stream\n/X Do \nendstream",
)


def test_a_pdf_that_grows_without_end_is_one_bad_file():
    with pytest.raises(ReadError, match=r"loop\.pdf"):
        isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", time_limit_s=60, memory_limit_mb=400)


def test_a_reader_that_takes_too_long_is_stopped():
    with pytest.raises(TooLarge, match=r"loop\.pdf took more than 1 s"):
        isolated.parse("ingest.pdf", FORM_THAT_DRAWS_ITSELF_TWICE, "loop.pdf", time_limit_s=1)


def test_what_a_parser_says_of_a_file_comes_through():
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(pdf_of_lines(["Nobody may read this."])))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(EncryptedDocument, match=r"secret\.pdf") as told:
        isolated.parse("ingest.pdf", out.getvalue(), "secret.pdf")
    assert told.value.hint


def test_every_character_comes_through():
    text = "# Ünï 中文 🦉 \u202e\n\nבית | \u0000 x"
    assert "中文 🦉" in isolated.parse("ingest.markdown", text.encode(), "a.md").text
