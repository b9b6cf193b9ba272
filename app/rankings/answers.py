"""What every reading of rankings begins and ends with: the record asked about, and the answer.

The same facts give the same bytes, and those one ETag.
"""

from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request, Response

from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.etag import tagged
from app.rankings.service import Asked
from app.tickets.desk import AtDesk

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
INERT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
"""For a page that runs nothing and fetches nothing."""


def asked(desk: AtDesk, session: Reading, now: Now) -> Asked:
    return Asked(session, desk, now)


Looking = Annotated[Asked, Depends(asked)]


def answer(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    response = Response(body, media_type=media_type, headers=headers)
    return tagged(request, response, sha256(body).hexdigest(), response)
