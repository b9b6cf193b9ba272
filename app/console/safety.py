"""What keeps a page and its forms from being used by another site, and a body within bounds."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from starlette import types
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.errors import Forbidden, TooLarge
from app.kit.messages import Message

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self)",
    "Cache-Control": "no-store",
}
MOST_BYTES = 1_000_000
"""Of a form without a file."""
FIELD, HEADER = "csrf", "x-csrf"
SAFE = frozenset({"GET", "HEAD"})


class OtherSite(Forbidden):
    title = "This form was not sent by a page of the console"


class OtherSession(Forbidden):
    """Signed in again, perhaps in another tab with another key, since the page was shown."""

    title = "This page belongs to another session"


def stamp(secret: bytes, token: str) -> str:
    """The mark that the forms of a session bear; nobody else can make it."""
    return hmac.digest(secret, b"csrf " + token.encode(), "sha256").hex()


def check_origin(request: Request) -> None:
    """Refuses (OtherSite) what the browser says is sent by another site's page."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    strange = site not in {None, "same-origin", "none"}
    if strange or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise OtherSite(Message("the browser names another site as its sender"))


def check_stamp(secret: bytes, token: str, given: Any) -> None:
    """Refuses OtherSession."""
    if not isinstance(given, str) or not hmac.compare_digest(
        stamp(secret, token).encode(), given.encode()
    ):
        raise OtherSession(
            Message("you have signed in again since; nothing was changed: open the page anew")
        )


class Safe:
    """Gives every answer the headers, unless it has its own, and a body its bound."""

    def __init__(self, app: ASGIApp, most_file_bytes: int) -> None:
        self.app = app
        self.most_file_bytes = most_file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.app(scope, bounded(receive, self.bound(scope)), safely(send))

    def bound(self, scope: Scope) -> int:
        has_file = Headers(scope=scope).get("content-type", "").startswith("multipart/")
        return MOST_BYTES + (self.most_file_bytes if has_file else 0)


def bounded(receive: Receive, most: int) -> Receive:
    """A body of at most so many bytes. Refuses (TooLarge) the first byte beyond."""
    read = 0

    async def hear() -> types.Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise TooLarge(Message("at most {most} bytes", most=most), most_bytes=most)
        return message

    return hear


def safely(send: Send) -> Send:
    """With the headers, unless the answer has its own."""

    async def tell(message: types.Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return tell
