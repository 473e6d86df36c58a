"""Whatever comes in: a valid document, or an error that names the file and says what to do."""

import io

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import check_document, document_of, draw_picture, pdf, pdf_of_lines

from core.errors import EmptyDocument, EncryptedDocument, ReadError, TooLarge, UnsupportedMedia
from ingest.read import ReadLimits, read

_thorough = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def refused(data, name, limits=None):
    """The error, which must name the file and give a hint."""
    with pytest.raises(ReadError) as caught:
        read(data, f"file:///{name}", name, limits)
    assert name in caught.value.message
    assert caught.value.hint
    assert caught.value.code.startswith(("document_", "media_"))
    return caught.value


def written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(user_password: str, algorithm: str = "RC4-128") -> bytes:
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(pdf_of_lines(["Nobody may read this."])))
    writer.encrypt(user_password, owner_password="owner", algorithm=algorithm)
    return written(writer)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf"])
def test_an_empty_file_is_empty(name):
    error = refused(b"", name)
    assert type(error) is EmptyDocument
    assert "0 bytes" in error.message


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b" \n\t\r\n ", "a.txt"),
        ("\u00a0\u3000\u2028\ufeff\x07".encode(), "a.txt"),
        (b"\xef\xbb\xbf", "a.txt"),
        (b"\xff\xfe", "a.txt"),
        (b"---\ntitle: Nothing\n---\n\n", "a.md"),
        (b"<html><head><title>Only a title</title></head><body><script>x()</script></body></html>", "a.html"),
    ],
)
def test_a_file_without_words_is_empty(data, name):
    error = refused(data, name)
    assert type(error) is EmptyDocument
    assert "holds no text" in error.message


def test_a_pdf_without_pages_is_empty():
    data = written(pypdf.PdfWriter())
    error = refused(data, "none.pdf")
    assert type(error) is EmptyDocument
    assert "without pages" in error.message


def test_a_pdf_without_pages_is_told_so_also_after_an_encrypted_one():
    refused(encrypted("secret"), "locked.pdf")
    assert type(refused(written(pypdf.PdfWriter()), "none.pdf")) is EmptyDocument


def test_a_pdf_of_images_only_asks_for_ocr():
    error = refused(pdf(draw_picture), "scan.pdf")
    assert type(error) is EmptyDocument
    assert "OCR" in error.hint


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128"])
def test_a_pdf_that_needs_a_password_is_refused_as_encrypted(algorithm):
    error = refused(encrypted("secret", algorithm), "locked.pdf")
    assert type(error) is EncryptedDocument
    assert "password" in error.message


def test_a_pdf_that_is_protected_against_changes_only_is_read():
    assert document_of(encrypted(""), "protected.pdf").text == "Nobody may read this."


@pytest.mark.parametrize("name", ["manual.pdf", "report.pdf"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_pdf_cut_short_is_refused_or_read_with_a_note(data_folder, name, share):
    whole = (data_folder / name).read_bytes()
    try:
        reading = read(whole[: int(len(whole) * share)], f"file:///{name}", name)
    except ReadError as error:
        assert name in error.message
        assert error.hint
    else:
        check_document(reading.document)
        assert any("damaged" in note or "cut short" in note for note in reading.notes)


def test_a_pdf_without_its_end_mark_is_read_with_a_note(data_folder):
    whole = (data_folder / "manual.pdf").read_bytes()
    end = whole.rindex(b"%%EOF")
    reading = read(whole[:end], "file:///manual.pdf", "manual.pdf")
    assert reading.notes == ("The file ends without its end mark: it may be cut short.",)
    assert reading.document.text == document_of(whole, "manual.pdf").text


def test_a_pdf_of_zeros_is_a_download_that_failed():
    assert "holds no PDF data" in refused(bytes(5000), "a.pdf").message


def test_a_file_above_the_size_limit_is_too_large():
    error = refused(b"x" * (3 * 1024**2), "big.txt", ReadLimits(max_bytes=2 * 1024**2))
    assert type(error) is TooLarge
    assert "3 MiB; the limit is 2 MiB" in error.message
    assert read(b"x" * 10, "u", "a.txt", ReadLimits(max_bytes=10)).document.text == "x" * 10


def test_a_file_with_too_many_characters_is_too_large():
    error = refused(b"words " * 400, "long.txt", ReadLimits(max_chars=2000))
    assert type(error) is TooLarge
    assert "2,399 characters; the limit is 2,000" in error.message


def test_utf_16_of_an_odd_length_is_damaged():
    error = refused("A few words.".encode("utf-16") + b"x", "a.txt")
    assert type(error) is ReadError
    assert "UTF-16" in error.message


def test_utf_32_that_holds_no_characters_is_damaged():
    assert "UTF-32" in refused(b"\xff\xfe\x00\x00" + b"\xff" * 8, "a.txt").message


def test_a_missing_second_half_of_a_surrogate_pair_is_damaged():
    assert type(refused(b"\xff\xfe" + "a".encode("utf-16-le") + b"\x3d\xd8", "a.txt")) is ReadError


def readable_or_refused(data, name):
    try:
        document = document_of(data, name)
    except ReadError as error:
        assert name in error.message
        assert error.hint
        assert type(error) in (ReadError, EmptyDocument, EncryptedDocument, UnsupportedMedia, TooLarge)
    else:
        check_document(document)


@_thorough
@given(st.binary(min_size=1, max_size=300), st.sampled_from(["a.txt", "a.md", "a.html", "a.pdf", "a"]))
def test_arbitrary_bytes_are_read_or_refused(data, name):
    readable_or_refused(data, name)


@_thorough
@given(st.binary(max_size=200), st.sampled_from([b"%PDF-1.7\n", b"<html>", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04"]))
def test_arbitrary_bytes_behind_a_known_beginning_are_read_or_refused(data, beginning):
    readable_or_refused(beginning + data, "a.bin")


_damage = st.tuples(
    st.floats(0, 1), st.sampled_from(["set", "cut", "insert", "end"]), st.binary(min_size=1, max_size=8)
)


@_thorough
@given(
    st.sampled_from(["manual.pdf", "report.pdf", "manual.html", "report.html", "README.md"]),
    st.lists(_damage, min_size=1, max_size=6),
)
def test_a_damaged_real_file_is_read_or_refused(data_folder, name, damages):
    data = bytearray((data_folder / name).read_bytes())
    for share, how, new in damages:
        at = int(share * len(data))
        if how == "set":
            data[at : at + len(new)] = new
        elif how == "cut":
            del data[at : at + 40 * len(new)]
        elif how == "insert":
            data[at:at] = new
        else:
            del data[max(10, at) :]
    readable_or_refused(bytes(data), name)
