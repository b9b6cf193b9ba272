"""Dependencies and answers of calls on rankings."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request, Response

from app.city import AtCity
from app.kit.clock import Now
from app.kit.db import AllSessions, Reading
from app.kit.instants import settled_all
from app.kit.web.compress import SMALLEST_BYTES
from app.kit.web.etag import known_to, tagged
from app.rankings.forms import Written
from app.rankings.recall import Memory
from app.rankings.service import Asked

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}


def answer(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    response = Response(body, media_type=media_type, headers=headers)
    return tagged(request, response, sha256(body).hexdigest(), response)


def written_answer(request: Request, written: Written) -> Response:
    """The ranking, packed once for all who accept gzip; the smallest need no packing."""
    body, headers = written.body, dict(FOR_EVER) if written.lasting else {}
    if written.tag in known_to(request):  # before anything is made that is not sent
        return Response(status_code=304, headers={**headers, "ETag": f'"{written.tag}"'})
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > SMALLEST_BYTES:
        body, headers = written.packed, headers | {"Content-Encoding": "gzip"}
    response = Response(body, media_type="application/json", headers=headers)
    return tagged(request, response, written.tag, response)


async def settled_now(request: Request, sessions: AllSessions, now: Now) -> datetime:
    """For whoever asks `as_of` an instant up to it, all that was recorded by then can be read."""
    if "as_of" in request.query_params:
        await settled_all(sessions)
    return now


SettledNow = Annotated[datetime, Depends(settled_now)]


async def memory(request: Request) -> Memory:
    kept: Memory = request.app.state.rankings.memory
    return kept


def asked(
    now: SettledNow, city: AtCity, memory: Annotated[Memory, Depends(memory)], session: Reading
) -> Asked:
    """The session's snapshot is taken when all has settled."""
    return Asked(session, city, now, memory)


Looking = Annotated[Asked, Depends(asked)]
