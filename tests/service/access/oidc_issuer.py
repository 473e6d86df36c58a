"""A small OpenID Connect issuer on a real socket: one person, who is signed in there already.

It checks what an issuer has to: the client and its secret, the redirect address, PKCE; a code is good once.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "footnoted", "s3cret of the client"


@dataclass
class Issuer:
    """``claims`` are of the person; what ``says`` holds takes the place of what an honest issuer says."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"email": "ada@example.org", "email_verified": True})
    says: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    forges: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.says.get("issuer", self.url),
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def authorize(self, query: dict[str, str]) -> str | None:
        """Where the browser goes back to; None where the request is not what it has to be."""
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code" or not query.get("nonce"):
            return None
        if query.get("code_challenge_method") != "S256" or "openid" not in query.get("scope", ""):
            return None
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        kind, _, given = authorization.partition(" ")
        if kind != "Basic" or base64.b64decode(given).decode() != f"{CLIENT_ID}:{quote(CLIENT_SECRET)}":
            return None
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _part(digest)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return None
        now = int(time.time())
        said = {
            "iss": self.url, "aud": CLIENT_ID, "sub": "person-1", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.claims, **self.says,
        }  # fmt: skip
        id_token = (
            forged(said, self.key)
            if self.forges
            else jwt.encode({"alg": "RS256", "kid": "1"}, said, self.signs_with or self.key)
        )
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}


def forged(said: dict[str, Any], key: RSAKey) -> str:
    """Signed with the issuer's public key as if that were a shared secret: everybody could."""
    parts = [_part(json.dumps(one).encode()) for one in ({"alg": "HS256", "kid": "1"}, said)]
    mac = hmac.new(key.as_pem(private=False), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _part(mac)])


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@contextmanager
def issuing() -> Iterator[Issuer]:
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                back = issuer.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
                self.answer(303 if back else 400, {}, back)
            elif parts.path == "/keys":
                self.answer(200, {"keys": [issuer.key.as_dict(private=False)]})
            else:
                self.answer(200, issuer.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            given = issuer.token(form, self.headers.get("authorization", ""))
            self.answer(200 if given else 400, given or {"error": "invalid_grant"})

        def answer(self, status: int, members: dict[str, Any], location: str | None = None) -> None:
            content = json.dumps(members).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            if location:
                self.send_header("location", location)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield issuer
        server.shutdown()
