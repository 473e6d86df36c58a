"""Where a Milvus is, as ``index.url`` says it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from core.errors import SettingsError

_PORT = 19530
_PREFIX = "milvus+"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """``uri`` is without user and password, so that it may be shown; ``token`` is "user:password", or an API key."""

    uri: str
    token: str = ""
    database: str = ""

    @classmethod
    def of(cls, url: str) -> Self:
        """Of ``http(s)://user:password@host:port/database``, with or without ``milvus+`` before it.

        Raises SettingsError.
        """
        try:
            parts = urlsplit(url.removeprefix(_PREFIX))
            host, port = parts.hostname, parts.port
        except ValueError:  # its reason may repeat a part of the password
            raise SettingsError("index.url cannot be read.", _HINT) from None
        if parts.scheme not in ("http", "https") or not host:
            raise SettingsError("index.url does not name a Milvus.", _HINT)
        if port is None and parts.scheme == "http":
            port = _PORT
        host = f"[{host}]" if ":" in host else host
        uri = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
        token = ":".join(unquote(part) for part in (parts.username, parts.password) if part)
        return cls(uri, token, unquote(parts.path.strip("/")))


_HINT = "Give it as http://user:password@host:19530 or https://…; a database of its own may follow: …:19530/footnoted."
