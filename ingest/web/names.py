"""What a fetched page would be called as a file, and its text as it would be in one."""

import codecs
import mimetypes
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

_VAGUE = {"", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-download"}
# Those that tables of the system do not have, or have in another spelling.
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/x-rst": ".rst",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "message/rfc822": ".eml",
    "application/mbox": ".mbox",
    "application/epub+zip": ".epub",
    "text/xml": ".xml",
    "application/xml": ".xml",
}
_MAX_CHARS = 200
_MAX_HEADER = 2_000
# RFC 6266 and 8187, the forms that are in use.
_NAME_STAR = re.compile(r"(?:^|;)\s*filename\*\s*=\s*\"?(utf-8|iso-8859-1)'[^';]*'([^\s;\"]+)", re.IGNORECASE)
_NAME = re.compile(r"(?:^|;)\s*filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;\"]+))", re.IGNORECASE)
# Codecs of the WHATWG encoding standard's encodings, with what browsers take for some of them. No others: a server
# must not choose a codec that takes for ever (punycode, idna) or is none of texts.
_CODECS = {
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gbk", "euc_kr": "cp949", "shift_jis": "cp932",
} | {
    codec: codec
    for codec in (
        "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10",
        "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
        "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
        "cp1257", "cp1258", "gbk", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp",
    )
}  # fmt: skip


def file_name(url: httpx.URL, headers: httpx.Headers) -> str:
    """From Content-Disposition, else the address; with a suffix that fits the media type."""
    given = _disposition(headers.get("content-disposition", ""))
    name = _plain(given or unquote(url.path.rsplit("/", 1)[-1])) or "index"
    media_type = media_type_of(headers)
    suffix = PurePosixPath(name).suffix.lower()
    if media_type in _VAGUE:
        return name
    wanted = _SUFFIXES.get(media_type) or mimetypes.guess_extension(media_type) or ""
    if not wanted or suffix == wanted or mimetypes.guess_type(name)[0] == media_type:
        return name
    return name + wanted


def media_type_of(headers: httpx.Headers) -> str:
    """In lower case, without parameters; "" where it is not told."""
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def as_file(data: bytes, headers: httpx.Headers) -> bytes:
    """A text whose encoding only the HTTP header tells, as UTF-8 with its mark; anything else as it is.

    The mark goes before what an HTML page says of itself, as the header does in browsers.
    """
    found = re.search(r"charset\s*=\s*[\"']?([^\s;\"']+)", headers.get("content-type", ""), re.IGNORECASE)
    if not found or not media_type_of(headers).startswith("text/"):
        return data
    try:
        codec = _CODECS.get(codecs.lookup(found[1]).name)
        return codecs.BOM_UTF8 + data.decode(codec).encode("utf-8") if codec else data
    except (LookupError, UnicodeError):
        return data


def _disposition(header: str) -> str:
    header = header[:_MAX_HEADER]
    if found := _NAME_STAR.search(header):
        return unquote(found[2], found[1])
    if found := _NAME.search(header):
        return found[2] or re.sub(r"\\(.)", r"\1", found[1])
    return ""


def _plain(name: str) -> str:
    """The last part, without what cannot be shown."""
    name = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable()).strip(" .")[-_MAX_CHARS:]
