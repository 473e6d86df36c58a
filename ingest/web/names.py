"""What a fetched page would be called as a file, and its text as it would be in one."""

import codecs
import mimetypes
import re
from email.message import EmailMessage
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
        codec = codecs.lookup(found[1]).name
        if codec in ("utf-8", "ascii") or codec.startswith("utf-"):
            return data
        return codecs.BOM_UTF8 + data.decode(_as_browsers(codec)).encode("utf-8")
    except (LookupError, UnicodeError):
        return data


def _as_browsers(codec: str) -> str:
    """Latin-1 means Windows' superset of it on the web (WHATWG encoding standard)."""
    return "cp1252" if codec == "iso8859-1" else codec


def _disposition(header: str) -> str:
    message = EmailMessage()
    try:
        message["Content-Disposition"] = header
    except ValueError:  # a line break
        return ""
    return message.get_filename("") if header else ""


def _plain(name: str) -> str:
    """The last part, without what cannot be shown."""
    name = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable()).strip(" .")[-_MAX_CHARS:]
