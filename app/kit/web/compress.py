"""gzip for whoever accepts it; the packed answer has an ETag of its own, as HTTP asks for.

Only the routes of a router that says so (`route_class=PackedRoute`): a ticket's ETag is its version
and stays that, and what is polled every few seconds is small.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.web.route import Route

SMALLEST_BYTES = 1_000  # below that, packing costs more than it saves
LEVEL = 5
PACKED_ALREADY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.apache.parquet")
MARK = '-gzip"'
CONDITIONS = (b"if-none-match", b"if-match")
REFUSED = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)
NOT_MODIFIED = 304


class PackedRoute(Route):
    def as_sent(self, app: ASGIApp) -> ASGIApp:
        return Compressed(app)


class Compressed:
    """A whole answer, or a stream as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = GZipMiddleware(app, SMALLEST_BYTES, LEVEL, exclude_content_types=PACKED_ALREADY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = Headers(scope=scope).get("if-none-match", "")
        scope["headers"] = [unmarked(*header) for header in scope["headers"]]

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                mark(MutableHeaders(scope=message), message["status"], known)
            await send(message)

        await self.app(scope, receive, send_on)


def unmarked(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """What a client knows packed, it knows: the application has one version of both. Whoever
    refuses gzip by name is understood too."""
    if name == b"accept-encoding" and REFUSED.search(value):
        return name, b"identity"
    return name, value.replace(MARK.encode(), b'"') if name in CONDITIONS else value


def mark(headers: MutableHeaders, status: int, known: str) -> None:
    tag = headers.get("etag")
    if tag is None:
        return
    packed = tag[:-1] + MARK
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")
    if "content-encoding" in headers or (status == NOT_MODIFIED and packed in known):
        headers["etag"] = packed
