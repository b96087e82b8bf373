"""Gives each browser that opens a shared server its signed cookie, with the first page and before any script runs.

No script of a page can read the cookie, and no other site can send it along with a request of its own.
"""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from core.lab import access, quotas, visitors


class Doorman:
    """ASGI middleware: an answer that is a page brings the cookie along, unless the request had a sound one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or _has_cookie(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(headers := MutableHeaders(scope=message)):
                headers.append("set-cookie", _cookie(is_secure=_is_secure(scope)))
                headers["cache-control"] = "no-store"  # no proxy may hand one visitor's cookie to another
            await send(message)

        await self.app(scope, receive, with_cookie)


def _is_page(headers: MutableHeaders) -> bool:
    return headers.get("content-type", "").startswith("text/html")


def _has_cookie(headers: Headers) -> bool:
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(visitors.COOKIE)
    except CookieError:
        return False
    return held is not None and visitors.number_of(held.value) is not None


def _is_secure(scope: Scope) -> bool:
    return scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto", "").split(",")[0].strip() == "https"


def _cookie(*, is_secure: bool) -> str:
    parts = (f"{visitors.COOKIE}={visitors.new_cookie()}", f"Max-Age={visitors.SECONDS}", "Path=/", "HttpOnly", "SameSite=Lax",
             *(("Secure",) if is_secure else ()))
    return "; ".join(parts)


def at_the_door() -> list[Middleware]:
    """Return the middleware of the server, none on a laptop; the server takes uploads as large as the house does."""
    config.set_option("server.maxUploadSize", quotas.quotas().upload_mb)
    if access.mode() == "laptop":
        return []
    visitors.secret()  # a house that cannot keep one does not open
    return [Middleware(Doorman)]
