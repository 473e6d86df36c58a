"""``/widget.js``: the chat for other sites' pages, one file that any page may load."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.errors import NotFound
from service.access.needs import public

router = APIRouter(include_in_schema=False, dependencies=public("The program is the same for everybody."))
_FILE = Path(__file__).resolve().parent.parent / "static" / "widget.js"
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _Build:
    """The file's bytes, as they are and compressed, with a tag that stands for them."""

    plain: bytes
    compressed: bytes
    etag: str


@router.api_route("/widget.js", methods=["GET", "HEAD"])
def widget(request: Request) -> Response:
    """The built widget. Raises NotFound where it was not built."""
    try:
        stat = _FILE.stat()
    except FileNotFoundError:
        raise NotFound("This installation has no widget.", "Build it: make widget") from None
    build = _built(stat.st_mtime_ns, stat.st_size)
    headers = {**_HEADERS, "ETag": build.etag}
    if build.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = build.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = build.compressed, "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


@lru_cache(maxsize=1)
def _built(_changed_ns: int, _size: int) -> _Build:
    """Compressed once, not at every request; anew when the file has changed."""
    plain = _FILE.read_bytes()
    # Weak: the same for the plain and the compressed form.
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
    return _Build(plain, gzip.compress(plain, mtime=0), etag)
