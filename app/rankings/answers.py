"""How rankings and bulletins are handed out: the same facts give the same bytes and one ETag."""

from hashlib import sha256

from fastapi import Request, Response

from app.kit.etag import tagged

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
INERT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
"""For a page that runs nothing and fetches nothing."""


def answer(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    response = Response(body, media_type=media_type, headers=headers)
    return tagged(request, response, sha256(body).hexdigest(), response)
