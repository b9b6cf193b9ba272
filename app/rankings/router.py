"""Periods and rankings over HTTP; any key may read them, but not what they are made of."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.access.exports import AtExports
from app.access.gate import Anyone, allow
from app.access.roles import Caller, Role
from app.city import AtCity
from app.kit.db import Sessions
from app.kit.messages import Message, language
from app.kit.web.compress import PackedRoute
from app.kit.web.language import BY_LANGUAGE
from app.kit.web.paging import Page
from app.kit.web.route import quickly
from app.kit.web.sheets.names import named
from app.kit.web.sheets.workbook import XLSX
from app.kit.web.streams import Content, parts_of
from app.rankings import quick, row_tickets, service, what_if
from app.rankings.counting.record import Record
from app.rankings.exports import facts as facts_export
from app.rankings.exports import parquet, sheet
from app.rankings.forms import Written
from app.rankings.http import FOR_EVER, Looking, SettledNow, answer, written_answer
from app.rankings.schemas import (
    CountedQuery,
    CountedView,
    FactsQuery,
    Format,
    LeagueQuery,
    OfficeQuery,
    OfficeRowView,
    PeriodView,
    RankingQuery,
    RankingView,
    Stream,
    as_json,
)
from app.rankings.service import Asked
from app.rankings.what_if import CompareView, NewWhatIf, WhatIfView

router = APIRouter(prefix="/v1", tags=["rankings"], route_class=PackedRoute)

PARQUET = "application/vnd.apache.parquet"

BINARY = {"schema": {"type": "string", "format": "binary"}}
TABLE = {
    "content": {"text/csv": {"schema": {"type": "string"}}, XLSX: BINARY},
    "model": RankingView,
}

Trier = Annotated[Caller, Depends(allow({Role.ANALYST, Role.EVALUATOR, Role.AUDITOR}))]

Exporter = Annotated[
    Caller, Depends(allow({Role.ANALYST, Role.EVALUATOR, Role.AUDITOR, Role.SUPERVISOR}))
]

Opener = Annotated[Caller, Depends(allow(row_tickets.READERS))]


@router.get("/periods")
def list_periods(caller: Anyone, look: Looking) -> list[PeriodView]:
    """Every assessment period from the first with a fact to the present one, oldest first."""
    return service.list_periods(look.session, look.city.periods, look.now)


@router.get("/rankings/{period}", response_model=RankingView, responses={200: TABLE})
@quickly(quick.ranking)
def read_ranking(
    request: Request,
    caller: Anyone,
    period: str,
    query: Annotated[RankingQuery, Query()],
    look: Looking,
) -> Response:
    """Who stands where: by place, then by office code; who is not ranked comes last."""
    written = service.ranking(look, period, query)
    return WRITTEN[query.format](request, written)


@router.get("/rankings/{period}/facts", response_class=StreamingResponse)
def stream_facts(
    caller: Exporter,
    period: str,
    query: Annotated[FactsQuery, Query()],
    city: AtCity,
    now: SettledNow,
    exports: AtExports,
) -> StreamingResponse:
    """Every assessment behind a period, streamed; its end tells how many there were."""
    with exports.streams.sessions() as session:
        record = Asked(session, city, now).record(period, query.as_of)
    read, media_type = STREAMED[query.format]
    response = exports.answer(caller, lambda aside: read(aside, record), media_type)
    response.headers.update(named(facts_name(record), query.format))
    return response


@router.get("/rankings/{period}/offices/{code}", response_model=OfficeRowView)
def read_office(
    request: Request,
    caller: Anyone,
    period: str,
    code: str,
    query: Annotated[OfficeQuery, Query()],
    look: Looking,
) -> Response:
    """One office's row, and the sentence that explains its score."""
    row = service.office(look, period, code, query)
    return answer(request, as_json(row), "application/json", BY_LANGUAGE)


@router.get("/rankings/{period}/offices/{code}/tickets")
def read_counted(
    response: Response,
    caller: Opener,
    period: str,
    code: str,
    query: Annotated[CountedQuery, Query()],
    look: Looking,
) -> Page[CountedView]:
    """The tickets behind one number of a row, in order of number."""
    response.headers.update(BY_LANGUAGE)
    return row_tickets.page(look, caller, period, code, query)


@router.post("/rankings/{period}/what-if", response_model=WhatIfView)
def try_ranking(
    caller: Trier,
    period: str,
    body: NewWhatIf,
    query: Annotated[LeagueQuery, Query()],
    look: Looking,
) -> Response:
    """The ranking under other values; nothing is stored."""
    ranking = what_if.what_if(look, period, query.league, body)
    return Response(as_json(ranking), media_type="application/json")


@router.post("/rankings/{period}/compare", response_model=CompareView)
def compare_ranking(
    caller: Trier,
    period: str,
    body: NewWhatIf,
    query: Annotated[LeagueQuery, Query()],
    look: Looking,
) -> Response:
    """Who would gain and lose under other values, and why; nothing is stored."""
    comparison = what_if.compare(look, period, query.league, body)
    return Response(as_json(comparison), media_type="application/json", headers=BY_LANGUAGE)


def sheet_answer(request: Request, written: Written) -> Response:
    ranking = written.view()
    body = sheet.as_csv(ranking, language.get())
    headers = {**named(sheet.title(ranking), "csv"), **BY_LANGUAGE}
    return answer(request, body, "text/csv", headers | lasting(written))


def book_answer(request: Request, written: Written) -> Response:
    ranking = written.view()
    body = sheet.as_workbook(ranking, language.get())
    headers = {**named(sheet.title(ranking), "xlsx"), **BY_LANGUAGE}
    return answer(request, body, XLSX, headers | lasting(written))


def lasting(written: Written) -> dict[str, str]:
    return FOR_EVER if written.lasting else {}


def as_lines(sessions: Sessions, record: Record) -> Content:
    return Content({}, facts_export.kept_as(sessions, record, facts_export.ndjson))


def as_sheet(sessions: Sessions, record: Record) -> Content:
    write = partial(facts_export.as_sheet, reader=language.get())
    return Content(BY_LANGUAGE, facts_export.kept_as(sessions, record, write))


def as_parquet(sessions: Sessions, record: Record) -> Content:
    file = parquet.made(sessions, record)
    return Content(parquet.headers(file), parts_of(file))


def facts_name(record: Record) -> Message:
    return Message("{period}_facts", period=record.period.name)


STREAMED: Mapping[Stream, tuple[Callable[[Sessions, Record], Content], str]] = {
    Stream.NDJSON: (as_lines, "application/x-ndjson"),
    Stream.CSV: (as_sheet, "text/csv; charset=utf-8"),
    Stream.PARQUET: (as_parquet, PARQUET),
}

WRITTEN: Mapping[Format, Callable[[Request, Written], Response]] = {
    Format.JSON: written_answer,
    Format.CSV: sheet_answer,
    Format.XLSX: book_answer,
}
