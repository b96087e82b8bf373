"""A small provider of accounts on this machine: OpenID Connect's discovery, authorisation, token and keys, and nothing else."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, PASSWORD = "glasshouse", secrets.token_hex(16)


class Provider(ThreadingHTTPServer):
    """Logs in whoever comes as ``person``, without a question."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.person = {"sub": "ann", "email": "ann@example.org"}
        self.asked: dict[str, dict[str, str]] = {}

    def token(self, code: str) -> str:
        now, nonce = int(time.time()), self.asked.pop(code)["nonce"]
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.person, self.key)


class Desk(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Provider

    def do_GET(self) -> None:
        """Describe the provider, show its keys, or send a browser back with a code."""
        place, asked = urlsplit(self.path).path, {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if place == "/authorize":
            code = secrets.token_hex(8)
            self.server.asked[code] = asked
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
            self.end_headers()
            return
        url = self.server.url
        self._say({"/keys": {"keys": [self.server.published.as_dict(private=False)]}, "/.well-known/openid-configuration": {
            "issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token", "jwks_uri": f"{url}/keys",
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256"]}}[place])

    def do_POST(self) -> None:
        """Change a code into a token."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._say({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": self.server.token(form["code"][0])})

    def _say(self, answer: object) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a provider as long as the block takes."""
    with Provider() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()
