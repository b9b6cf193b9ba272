"""gzip for whoever accepts it; the packed answer has an ETag of its own, as HTTP asks for."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BYTES = 1_000  # below that, packing costs more than it saves
LEVEL = 5
PACKED_ALREADY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/vnd.apache.parquet")
MARK = '-gzip"'
CONDITIONS = (b"if-none-match", b"if-match")
NOT_MODIFIED = 304


class Compressed:
    """Streams are packed as they come, server-sent events never."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = GZipMiddleware(app, SMALLEST_BYTES, LEVEL, exclude_content_types=PACKED_ALREADY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        scope["headers"] = [unmarked(*header) for header in scope["headers"]]

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                mark(MutableHeaders(scope=message), message["status"], known)
            await send(message)

        await self.app(scope, receive, send_on)


def unmarked(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """What a client knows packed, it knows: the application has one version of both."""
    return name, value.replace(MARK.encode(), b'"') if name in CONDITIONS else value


def mark(headers: MutableHeaders, status: int, known: str) -> None:
    tag = headers.get("etag")
    if tag is None:
        return
    packed = tag[:-1] + MARK
    headers.add_vary_header("Accept-Encoding")
    if "content-encoding" in headers or (status == NOT_MODIFIED and packed in known):
        headers["etag"] = packed
