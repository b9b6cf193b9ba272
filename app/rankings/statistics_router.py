"""Statistics over HTTP; any key may read them."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.access.gate import Anyone
from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.etag import tagged
from app.kit.route import Route
from app.rankings.schemas import as_json
from app.rankings.statistics import StatisticsQuery, StatisticsView, statistics
from app.tickets.desk import AtDesk

router = APIRouter(prefix="/v1/statistics", tags=["statistics"], route_class=Route)


@dataclass
class Look:
    """Someone who reads the record as it stands now."""

    caller: Anyone
    desk: AtDesk
    session: Reading
    now: Now


@router.get("/{period}", response_model=StatisticsView)
def read_statistics(
    request: Request,
    period: str,
    query: Annotated[StatisticsQuery, Query()],
    look: Annotated[Look, Depends()],
) -> Response:
    """Secondary KPIs of a period, by office, district, category, channel or goal (七有五性)."""
    body = as_json(statistics(look.session, look.desk, period, query, look.now))
    response = Response(body, media_type="application/json")
    return tagged(request, response, sha256(body).hexdigest(), response)
