"""Text in pictures is read with its page, and a picture that is none, or too large, is one bad file."""

import io
import struct
import zlib

import pytest
from ingest_samples import check_document, document_of, pieces, shape
from PIL import Image, ImageDraw, ImageFont

from core.errors import EmptyDocument, ReadError, TooLarge, UnsupportedMedia
from ingest import images, ocr
from ingest.ocr import ocr_lines
from ingest.read import read, reader_version


def picture(*lines: tuple[int, int, int, str], size: tuple[int, int] = (480, 240)) -> Image.Image:
    """Lines of text as (x, y, height in pixels, text), black on white."""
    drawn = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(drawn)
    for x, y, height, text in lines:
        pen.text((x, y), text, "black", ImageFont.load_default(height))
    return drawn


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def words(text: str) -> list[str]:
    return text.split()


FEE = picture((20, 60, 24, "The fee is 12.50 EUR a night."))


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff", "gif", "bmp", "webp"])
def test_a_picture_is_recognised_by_its_content_and_read(kind):
    document = document_of(saved(FEE, kind), "scan")
    check_document(document)
    assert document.media_type == f"image/{kind}"
    assert words(document.text) == words("The fee is 12.50 EUR a night.")
    assert [block.page for block in document.blocks] == [1]


def test_the_pictures_of_a_tiff_are_its_pages():
    second = picture((20, 60, 24, "Pay before the end of March."))
    reading = read(saved(FEE, "tiff", save_all=True, append_images=[second]), "file:///a.tif", "a.tif")
    assert [block.page for block in reading.document.blocks] == [1, 2]
    assert "March" in pieces(reading.document)[1]
    assert [(finding.code, finding.pages) for finding in reading.findings] == [("pages_by_ocr", (1, 2))]


def test_headings_paragraphs_and_tables_are_told_by_their_place_and_size():
    page = picture(
        (20, 20, 40, "Harbour fees"),
        (20, 90, 20, "The office opens at eight in the morning"),
        (20, 116, 20, "and it closes when the sun goes down."),
        (20, 190, 20, "Whoever leaves late pays for a night more."),
        (20, 260, 20, "Dinghy"),
        (300, 260, 20, "5 EUR"),
        (20, 288, 20, "Yacht"),
        (300, 288, 20, "20 EUR"),
        size=(520, 340),
    )
    found = shape(document_of(saved(page, "png"), "a.png"))
    assert [kind for kind, _ in found] == ["heading", "paragraph", "paragraph", "table"]
    assert found[0][1] == "Harbour fees"
    assert found[3][1].split("\n")[1].split(" | ") == ["Yacht", "20 EUR"]


def test_columns_are_read_one_after_the_other():
    left = ["Boats arrive by day and", "leave again at night or", "when the tide is high."]
    right = ["Pilots wait on the pier", "until the fog has gone", "and the bell is still."]
    page = picture(
        *((20, 60 + 30 * i, 20, text) for i, text in enumerate(left)),
        *((330, 60 + 30 * i, 20, text) for i, text in enumerate(right)),
        size=(600, 220),
    )
    assert words(" ".join(line.text for line in ocr_lines(page))) == words(" ".join([*left, *right]))


def test_lines_have_their_place_in_pixels():
    (line,) = ocr_lines(picture((100, 120, 24, "Somewhere in the middle")))
    assert (line.x0, line.y0) == (pytest.approx(100, abs=12), pytest.approx(122, abs=12))
    assert line.x1 > line.x0 + 200
    assert 20 < line.y1 - line.y0 < 50
    assert line.confidence > 0.8


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_read(mode):
    if mode == "RGBA":  # black letters on nothing
        converted = Image.new("RGBA", FEE.size, (0, 0, 0, 0))
        converted.paste((0, 0, 0, 255), mask=FEE.convert("L").point(lambda value: 255 - value))
    elif mode == "I;16":
        converted = Image.frombytes("I;16", FEE.size, b"".join(bytes((0, v)) for v in FEE.convert("L").tobytes()))
    else:
        converted = FEE.convert(mode)
    assert words(document_of(saved(converted, "tiff"), "a.tif").text) == words("The fee is 12.50 EUR a night.")


def test_a_photograph_that_lies_on_its_side_is_turned_as_its_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(FEE.rotate(90, expand=True), "jpeg", exif=exif)
    assert words(document_of(data, "a.jpg").text) == words("The fee is 12.50 EUR a night.")


def test_a_picture_without_text_is_empty():
    with pytest.raises(EmptyDocument, match=r"a\.png shows no text"):
        document_of(saved(Image.new("RGB", (200, 200), "grey"), "png"), "a.png")


def test_a_damaged_picture_is_told():
    with pytest.raises(ReadError, match=r"a\.png is a damaged picture"):
        document_of(saved(FEE, "png")[:200], "a.png")


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(side):
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    with pytest.raises(TooLarge, match="megapixels"):
        document_of(data, "bomb.png")


def test_without_ocr_a_picture_is_refused_and_the_reader_is_another(monkeypatch):
    with_ocr = reader_version()
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(UnsupportedMedia) as caught:
        images.parse(saved(FEE, "png"), "a.png")
    assert "footnoted[ocr]" in caught.value.hint
    assert reader_version() != with_ocr
