"""The feed of an office, or of a desk of the city, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from app.access import gate
from app.access.gate import Addressee
from app.access.roles import ADDRESSED
from app.feed import pages
from app.feed.pages import Asked, Lines
from app.feed.schemas import FeedView
from app.kit.db import Reading
from app.kit.gather import Gathered
from app.kit.web.paging import DEFAULT_LIMIT, Limit
from app.kit.web.route import Route, quickly
from app.kit.web.wire import Form, JsonBytes

router = APIRouter(prefix="/v1/feed", tags=["feed"], route_class=Route)

After = Annotated[int, Query(ge=0, le=2**62, description="The last number you have seen")]


class Part(Form):
    after: After = 0
    limit: Limit = DEFAULT_LIMIT


async def at_once(request: Request) -> Response | None:
    """A page, read for all who ask at the same moment."""
    caller = await gate.caller(request)
    if caller.role not in ADDRESSED:
        return None
    try:
        part = Part.model_validate(dict(request.query_params))
    except ValidationError:
        return None
    feeds: Gathered[Asked, Lines] = request.app.state.feeds
    lines = await feeds.answer(Asked(str(caller.address), part.after, part.limit))
    return JsonBytes(pages.as_json(lines)) if lines else None


@router.get("", response_model=FeedView)
@quickly(at_once)
def read_feed(
    caller: Addressee, session: Reading, after: After = 0, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """What happened to this office's tickets after a number: one higher each time, none skipped.

    A desk of the city reads the alarms that ring for it.
    """
    asked = Asked(str(caller.address), after, limit)
    return JsonBytes(pages.as_json(pages.read(session.connection(), [asked])[asked]))
