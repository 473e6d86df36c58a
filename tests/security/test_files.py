"""Attacks by files: bombs, entities, and originals that are programs for a browser."""

import gzip
import io
import zipfile
import zlib

import pytest

MIB = 1024**2


def zip_of(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return file.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(10))
    + "]>"
)


def docx(body, doctype=""):
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>'
    )
    document = (
        f"{doctype}<w:document xmlns:w="
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
        f"The quarterly report of the harbour office names {body} as its head."
        "</w:t></w:r></w:p></w:body></w:document>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (("[Content_Types].xml", types), ("_rels/.rels", rels), ("word/document.xml", document)):
            made.writestr(name, text)
    return file.getvalue()


def png_bomb():
    """A picture of 50,000 by 50,000 pixels in a few kilobytes."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (50_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


BOMBS = {
    "bomb.zip": lambda: zip_of(zeros_dot_txt=bytes(64 * MIB)),
    "bomb.txt.gz": lambda: gzip.compress(bytes(64 * MIB)),
    "nested.zip": lambda: zip_of(inner_dot_zip=zip_of(zeros_dot_txt=bytes(64 * MIB))),
    "laughs.docx": lambda: docx("&k;", LAUGHS),
    "laughs.xml": lambda: f"{LAUGHS}<l>&k;</l>".encode(),
    "laughs.svg": lambda: f'{LAUGHS}<svg xmlns="http://www.w3.org/2000/svg"><text>&k;</text></svg>'.encode(),
    "bomb.docx": lambda: docx("A" * (64 * MIB)),
    "bomb.png": png_bomb,
    "deep.json": lambda: b"[" * 200_000 + b"]" * 200_000,
    "deep.html": lambda: b"<div>" * 20_000 + b"<p>The harbour office is open.</p>",
    "deep.md": lambda: b"> " * 50_000 + b"The harbour office is open.",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_no_harm(target, name):
    job = target.upload("bombs", {name: BOMBS[name](), "good.txt": b"The harbour office is open on Mondays."})
    by_name = {file["name"]: file for file in job["files"]}
    assert by_name["good.txt"]["status"] in ("added", "changed", "unchanged", "done"), by_name
    taken_in = target.documents("bombs")
    assert "upload:good.txt" in {document["uri"] for document in taken_in}
    for document in taken_in:
        assert document["characters"] < 16 * MIB, document
    assert target.is_well()


def test_entities_read_no_file_of_the_server(target, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("canarybird")
    entity = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    files = {
        "xxe.docx": docx("&x;", entity),
        "xxe.svg": f'{entity}<svg xmlns="http://www.w3.org/2000/svg"><text>Harbour &x; office</text></svg>'.encode(),
        "xxe.xml": f"{entity}<d>Harbour &x; office</d>".encode(),
        "xxe.html": f"{entity}<p>Harbour &x; office of the town</p>".encode(),
    }
    target.upload("entities", files)
    taken_in = target.documents("entities")
    assert {document["uri"] for document in taken_in} == {f"upload:{name}" for name in files}
    for document in taken_in:
        text = target.client.get(f"/v1/documents/{document['id']}/text", params={"collection": "entities"}).text
        assert "canarybird" not in text, document["uri"]


def test_entities_and_links_call_no_server(target, canary):
    entity = f'<?xml version="1.0"?><!DOCTYPE d SYSTEM "{canary.url}/d.dtd" [<!ENTITY x SYSTEM "{canary.url}/x">]>'
    page = f'<p>The harbour office.</p><img src="{canary.url}/i"><link rel="stylesheet" href="{canary.url}/c">'
    files = {
        "call.docx": docx("&x;", entity),
        "call.svg": f'{entity}<svg xmlns="http://www.w3.org/2000/svg"><text>Port &x;</text></svg>'.encode(),
        "call.html": page.encode(),
        "call.md": f"![picture]({canary.url}/m) The harbour office.".encode(),
    }
    job = target.upload("calls", files)
    assert [file["status"] for file in job["files"]] == ["added"] * len(files)
    assert canary.seen == []


SCRIPT = "<script>document.title='taken'</script>"
SCRIPTED = {
    "page.html": f"<html><body><p>The harbour office is open.</p>{SCRIPT}</body></html>".encode(),
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><p>The harbour.</p>{SCRIPT}</html>'.encode(),
    "notes.md": f"The harbour office is open. {SCRIPT}".encode(),
    "notes.txt": f"The harbour office is open. {SCRIPT}".encode(),
    "mail.eml": f"Subject: x\nContent-Type: text/html\n\n<p>The harbour office.</p>{SCRIPT}".encode(),
    "code.js": b"// The harbour office is open.\ndocument.title = 'taken'",
    "data.xml": f"<d>The harbour office is open. {SCRIPT}</d>".encode(),
}


@pytest.mark.parametrize("name", SCRIPTED)
def test_an_original_is_no_page_of_the_server(target, name):
    query = {"collection": f"scripted-{name.replace('.', '-')}"}
    target.upload(query["collection"], {name: SCRIPTED[name]})
    taken_in = target.documents(query["collection"])
    assert [document["uri"] for document in taken_in] == [f"upload:{name}"]
    for document in taken_in:
        for address in (f"/v1/documents/{document['id']}/original", f"/view/{document['id']}/original"):
            original = target.client.get(address, params=query)
            assert original.headers["content-security-policy"].startswith("sandbox;")
            assert original.headers["x-content-type-options"] == "nosniff"
            kind = original.headers["content-type"].partition(";")[0]
            inline = original.headers["content-disposition"].startswith("inline")
            assert not inline or kind in ("text/plain", "application/pdf"), (kind, original.headers)
        text = target.client.get(f"/v1/documents/{document['id']}/text", params=query)
        assert text.headers["content-type"].startswith("text/plain")
        view = target.client.get(f"/view/{document['id']}", params=query, headers={"Accept": "text/html"})
        assert SCRIPT not in view.text
        assert (
            "script-src" in view.headers["content-security-policy"]
            or "default-src 'self'" in (view.headers["content-security-policy"])
        )


@pytest.mark.parametrize(
    "name",
    ['a"b.txt', "a;b.txt", "a%0d%0aX-Evil: 1.txt", "‮txt.exe.txt", "a\u2028b.txt", "é" * 120 + ".txt", "....txt"],
)
def test_a_file_s_name_adds_no_header(target, name):
    collection = f"names-{abs(hash(name)) % 10**6}"
    target.upload(collection, {name: b"The harbour office is open on Mondays and Fridays."})
    (document,) = target.documents(collection)
    original = target.client.get(f"/v1/documents/{document['id']}/original", params={"collection": collection})
    assert original.status_code == 200
    assert "x-evil" not in original.headers
    assert original.headers["content-disposition"].isascii()
    assert '"' not in original.headers["content-disposition"].partition("filename*=")[2]
