"""Periods and rankings over HTTP; any key may read them."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.access.gate import Anyone
from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.etag import tagged
from app.kit.route import Route
from app.rankings import service
from app.rankings.schemas import (
    Format,
    OfficeQuery,
    OfficeRowView,
    PeriodView,
    RankingQuery,
    RankingView,
    as_json,
)
from app.rankings.sheet import as_csv
from app.tickets.desk import AtDesk

router = APIRouter(prefix="/v1", tags=["rankings"], route_class=Route)

WRITTEN = {Format.JSON: (as_json, "application/json"), Format.CSV: (as_csv, "text/csv")}
TABLE = {"content": {"text/csv": {"schema": {"type": "string"}}}, "model": RankingView}


@dataclass
class Look:
    """Someone who reads the record as it stands now."""

    caller: Anyone
    desk: AtDesk
    session: Reading
    now: Now


Looking = Annotated[Look, Depends()]


@router.get("/periods")
def list_periods(look: Looking) -> list[PeriodView]:
    """Every assessment period from the first with a fact to the present one, oldest first."""
    return service.list_periods(look.session, look.desk.policies, look.now)


@router.get("/rankings/{period}", response_model=RankingView, responses={200: TABLE})
def read_ranking(
    request: Request, period: str, query: Annotated[RankingQuery, Query()], look: Looking
) -> Response:
    """Who stands where: by place, then by office code; who is not ranked comes last."""
    write, media_type = WRITTEN[query.format]
    found = service.ranking(look.session, look.desk, period, query, look.now)
    return answer(request, write(found), media_type)


@router.get("/rankings/{period}/offices/{code}", response_model=OfficeRowView)
def read_office(
    request: Request, period: str, code: str, query: Annotated[OfficeQuery, Query()], look: Looking
) -> Response:
    """One office's row, and the sentence that explains its score."""
    found = service.office(look.session, look.desk, period, code, query.league, look.now)
    return answer(request, as_json(found), "application/json")


def answer(request: Request, body: bytes, media_type: str) -> Response:
    """The same facts give the same bytes, and so the same ETag."""
    response = Response(body, media_type=media_type)
    return tagged(request, response, sha256(body).hexdigest(), response)
