"""An office's feed over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access.gate import OfficeBound
from app.feed import service
from app.feed.schemas import FeedView
from app.kit.db import Reading
from app.kit.paging import DEFAULT_LIMIT, Limit
from app.kit.route import Route
from app.kit.wire import JsonBytes

router = APIRouter(prefix="/v1/feed", tags=["feed"], route_class=Route)

After = Annotated[int, Query(ge=0, le=2**62, description="The last number you have seen")]


@router.get("", response_model=FeedView)
def read_feed(
    caller: OfficeBound, session: Reading, after: After = 0, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """What happened to this office's tickets after a number: one higher each time, none skipped."""
    return JsonBytes(service.told(session, str(caller.office_code), after, limit))
