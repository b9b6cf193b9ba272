"""Statistics over HTTP; any key may read them."""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.access.gate import Anyone
from app.kit.web.etag import tagged
from app.kit.web.language import BY_LANGUAGE
from app.kit.web.route import Route
from app.rankings.http import Looking
from app.rankings.schemas import as_json
from app.statistics.goals import GoalsQuery, GoalsView, goals
from app.statistics.routing import RoutedQuery, RoutedView
from app.statistics.routing import statistics as routed_statistics
from app.statistics.service import StatisticsQuery, StatisticsView, statistics
from app.statistics.whistles import WhistlesView, whistles

router = APIRouter(prefix="/v1/statistics", tags=["statistics"], route_class=Route)


@router.get("/{period}", response_model=StatisticsView)
def read_statistics(
    request: Request,
    caller: Anyone,
    period: str,
    query: Annotated[StatisticsQuery, Query()],
    look: Looking,
) -> Response:
    """Secondary KPIs of a period, by office, district, category, channel or goal (七有五性)."""
    return sent(request, statistics(look, period, query))


@router.get("/{period}/goals", response_model=GoalsView)
def read_goals(
    request: Request,
    caller: Anyone,
    period: str,
    query: Annotated[GoalsQuery, Query()],
    look: Looking,
) -> Response:
    """七有五性 by street: requests, for 10,000 residents too, and the three rates."""
    return sent(request, goals(look, period, query))


@router.get("/{period}/routing", response_model=RoutedView)
def read_routing_statistics(
    request: Request,
    caller: Anyone,
    period: str,
    query: Annotated[RoutedQuery, Query()],
    look: Looking,
) -> Response:
    """Tickets dispatched by the system, and the corrections of persons."""
    return sent(request, routed_statistics(look, period, query))


@router.get("/{period}/whistles", response_model=WhistlesView)
def read_whistle_statistics(
    request: Request, caller: Anyone, period: str, look: Looking
) -> Response:
    """吹哨率 of streets with false whistles; departments that were called, with the results of the
    tickets behind."""
    return sent(request, whistles(look, period))


def sent(request: Request, view: object) -> Response:
    body = as_json(view)
    response = Response(body, media_type="application/json", headers=BY_LANGUAGE)
    return tagged(request, response, sha256(body).hexdigest(), response)
