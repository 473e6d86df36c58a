"""A file is what its content says, whatever its name says."""

import codecs
import io
import zipfile

import pytest
from ingest_samples import document_of, pdf_of_lines

from core.errors import UnsupportedMedia
from ingest.read import read

_GERMAN = (
    "Die Straßenbahn fährt über die Brücke – und zwar täglich, außer sonntags. „Schöne Grüße“, schrieb er, "
    "„und für später: bitte Äpfel, Öl und Übersee-Kaffee mitbringen.“ Das kostete früher 5 €."
)
_JAPANESE = (
    "港の灯台は毎晩七時に明かりをつけます。霧の日には一時間ごとに鐘が鳴ります。船はその音をたよりに帰ってきます。"
)


def test_a_pdf_named_txt_is_read_as_a_pdf():
    document = document_of(pdf_of_lines(["Words on paper."]), "notes.txt")
    assert (document.media_type, document.text) == ("application/pdf", "Words on paper.")


def test_html_named_pdf_is_read_as_html_and_the_reader_is_told():
    data = b"<!DOCTYPE html><html><body><p>Not really a PDF.</p></body></html>"
    reading = read(data, "file:///form.pdf", "form.pdf")
    assert (reading.document.media_type, reading.document.text) == ("text/html", "Not really a PDF.")
    assert reading.notes == ("form.pdf is named .pdf but is text/html; it was read as that.",)


def test_html_without_an_extension_is_recognised_by_its_start():
    data = b"\n<!-- saved from a page -->\n<?xml version='1.0'?><html><p>Hello there</p></html>"
    assert document_of(data, "page").media_type == "text/html"


def test_a_fragment_of_html_is_html_only_under_an_html_name():
    fragment = "<p>Hello <b>there</b></p>"
    assert document_of(fragment, "a.html").text == "Hello there"
    assert document_of(fragment, "a.txt").text == fragment


def test_markdown_is_told_by_its_name_only():
    assert document_of("# One\n\ntwo\n", "a.md").media_type == "text/markdown"
    assert document_of("# One\n\ntwo\n", "README.MARKDOWN").text == "One\n\ntwo"
    assert document_of("# One\n\ntwo\n", "a.txt").text == "# One\n\ntwo"


_ROWS = "\n".join(f"boat {n}\t{n} m\t{n * 2} EUR" for n in range(3, 9))


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        pytest.param('{"title": "Fees", "text": "5 EUR"}', "application/json", id="JSON"),
        pytest.param('{"text": "one"}\n{"text": "two"}\n', "application/json", id="JSON Lines"),
        pytest.param("boat\tlength\tfee\n" + _ROWS, "text/csv", id="tabs"),
        pytest.param("boat;length;fee\n" + _ROWS.replace("\t", ";"), "text/csv", id="semicolons"),
        pytest.param("#!/bin/sh\nexit 1\n", "text/x-source", id="script"),
        pytest.param("{It was a dark night.}\n\n{So it was.}", "text/plain", id="words in braces"),
        pytest.param("[1] See there.\n[2] And here.\n", "text/plain", id="footnotes"),
        pytest.param(
            "One, two, three.\n" + "The boats, as ever, came in; the bell rang.\n" * 3, "text/plain", id="prose"
        ),
        pytest.param("2024", "text/plain", id="a number"),
    ],
)
@pytest.mark.parametrize("name", ["export.txt", "export", "export.bin"])
def test_data_is_told_from_prose_where_the_name_does_not_say(text, media_type, name):
    assert document_of(text, name).media_type == media_type


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(_GERMAN.encode(), _GERMAN, id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + _GERMAN.encode(), _GERMAN, id="UTF-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + _GERMAN.encode("utf-16-le"), _GERMAN, id="UTF-16 LE with a mark"),
        pytest.param(codecs.BOM_UTF16_BE + _GERMAN.encode("utf-16-be"), _GERMAN, id="UTF-16 BE with a mark"),
        pytest.param(_GERMAN.encode("utf-16-le"), _GERMAN, id="UTF-16 LE without a mark"),
        pytest.param(_GERMAN.encode("utf-16-be"), _GERMAN, id="UTF-16 BE without a mark"),
        pytest.param(_GERMAN.encode("utf-32"), _GERMAN, id="UTF-32 with a mark"),
        pytest.param(_GERMAN.encode("cp1252"), _GERMAN, id="Windows-1252"),
        pytest.param(_JAPANESE.encode("shift_jis"), _JAPANESE, id="Shift-JIS"),
        pytest.param(_JAPANESE.encode("utf-16"), _JAPANESE, id="UTF-16, Japanese"),
    ],
)
def test_text_is_decoded_from_its_encoding(data, expected):
    assert document_of(data, "a.txt").text == expected


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("L’été dernier, nous avons mangé des crêpes à l’œuf près de la forêt où Noël a été fêté.", "cp1252"),
        ("Været på øya var dårlig, så båten gikk ikke før klokka åtte.", "cp1252"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy, řekl starý muž a šel domů.", "cp1250"),
        ("Az öreg tengerész hűvös őszi estéken is kiült a kikötőbe, és nézte a hajókat.", "cp1250"),
        ("Şişli'de güneşli bir gün, çocuklar bahçede oynuyor ve İzmir'e gidiyoruz.", "cp1254"),
        ("Съешь же ещё этих мягких французских булок, да выпей чаю.", "cp1251"),
        ("Съешь же ещё этих мягких французских булок, да выпей чаю.", "koi8-r"),
        ("港口的灯塔每天晚上七点亮灯。有雾的日子每小时敲一次钟。", "gb18030"),
    ],
)
@pytest.mark.parametrize("lines_before", [0, 500])
def test_legacy_encodings_are_told_apart_also_behind_many_lines_of_ascii(text, encoding, lines_before):
    text = "The committee met on Tuesday and decided nothing.\n" * lines_before + f"{text}\n" * 3 + "That is all."
    assert document_of(text.encode(encoding), "a.txt").text == text


@pytest.mark.parametrize("text", [_GERMAN * 3, _JAPANESE])
def test_utf_8_that_is_cut_within_a_character_or_has_an_odd_byte_stays_utf_8(text):
    data = f"{text} ende: ü".encode()
    assert document_of(data[:-1], "a.txt").text == f"{text} ende: \ufffd"
    assert document_of(b"\xff " + data, "a.txt").text == f"\ufffd {text} ende: ü"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "words")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        pytest.param(_zip(), "a ZIP archive", id="zip"),
        pytest.param(b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7-Zip archive", id="7z"),
        pytest.param(b"\x7fELF" + bytes(50), "a program", id="program"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Office file", id="doc"),
    ],
)
def test_a_known_format_that_cannot_be_read_is_refused_by_name(data, what):
    with pytest.raises(UnsupportedMedia) as caught:
        document_of(data, "notes.txt")
    assert f"notes.txt is {what}" in caught.value.message
    assert caught.value.hint


def test_binary_data_is_refused():
    with pytest.raises(UnsupportedMedia, match=r"data\.txt holds binary data"):
        document_of(bytes(range(256)) * 20, "data.txt")


@pytest.mark.parametrize(
    ("name", "title"),
    [("annual-report_2024.txt", "Annual report 2024"), ("caf\udce9.txt", "Caf\ufffd"), (".txt", ".txt")],
)
def test_a_document_without_a_title_is_named_after_its_file(name, title):
    assert read(b"Words without a title.", "file:///a", name).document.title == title


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The committee will meet again in the spring to decide on the new budget.", "en"),
        ("Der Ausschuss wird im Frühling wieder tagen, um über den Haushalt zu entscheiden.", "de"),
        (_JAPANESE, "ja"),
        ("12 345", None),
    ],
)
def test_the_language_is_told_where_there_is_enough_text(text, language):
    assert document_of(text, "a.txt").language == language
