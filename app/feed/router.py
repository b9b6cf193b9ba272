"""The feed of an office, or of a desk of the city, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BeforeValidator, ValidationError

from app.access import gate
from app.access.gate import Addressee
from app.access.roles import ADDRESSED, Caller
from app.feed import pages, stream
from app.feed.pages import Asked, Lines
from app.feed.schemas import FeedView
from app.feed.stream import EventStream, Stream
from app.feed.waits import Seconds, Waits
from app.kit.db import Reading
from app.kit.gather import Gathered
from app.kit.web.paging import DEFAULT_LIMIT, Limit, whole
from app.kit.web.route import Route, quickly
from app.kit.web.wire import Form, JsonBytes

router = APIRouter(prefix="/v1/feed", tags=["feed"], route_class=Route)

MOST = 2**62
After = Annotated[int, Query(ge=0, le=MOST, description="The last number you have seen")]


class Part(Form):
    after: After = 0
    limit: Limit = DEFAULT_LIMIT
    wait: Seconds = 0


async def hold(request: Request, caller: Caller, part: Part) -> None:
    """While there is nothing after the number, and the time that the client gives is not over."""
    if part.wait:
        waits: Waits = request.app.state.waits
        await waits.hold(request, caller, lambda head: head.last_seq != part.after, part.wait)


async def at_once(request: Request) -> Response | None:
    """A page, read for all who ask at the same moment."""
    caller = await gate.caller(request)
    if caller.role not in ADDRESSED:
        return None
    try:
        part = Part.model_validate(dict(request.query_params))
    except ValidationError:
        return None
    await hold(request, caller, part)
    feeds: Gathered[Asked, Lines] = request.app.state.feeds
    lines = await feeds.answer(Asked(str(caller.address), part.after, part.limit))
    return JsonBytes(pages.as_json(lines)) if lines else None


async def held(request: Request, caller: Addressee, part: Annotated[Part, Query()]) -> Part:
    await hold(request, caller, part)
    return part


@router.get("", response_model=FeedView)
@quickly(at_once)
def read_feed(
    caller: Addressee, part: Annotated[Part, Depends(held)], session: Reading
) -> Response:
    """What happened to this office's tickets after a number: one higher each time, none skipped.

    A desk of the city reads the alarms that ring for it. `wait` holds an answer without entries
    until there is one.
    """
    asked = Asked(str(caller.address), part.after, part.limit)
    return JsonBytes(pages.as_json(pages.read(session.connection(), [asked])[asked]))


def given(value: object) -> object:
    """A client that has seen nothing yet sends no number, or an empty one."""
    return None if value == "" else whole(value)


LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, le=MOST, description="The last number you have seen"),
    BeforeValidator(given),
]


@router.get("/stream", response_class=EventStream, responses={200: stream.DESCRIBED})
async def follow_feed(
    request: Request, caller: Addressee, after: After = 0, last_event_id: LastEventId = None
) -> Response:
    """The same as `text/event-stream`: each entry as it comes, its `seq` as the event's `id`.

    It goes on after `Last-Event-ID`, or else after `after`.
    """
    return Stream(request, caller, after if last_event_id is None else last_event_id)
