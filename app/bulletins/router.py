"""Bulletins over HTTP: as JSON, as CSV, and as pages to be printed."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BeforeValidator

from app.access.gate import Anyone
from app.bulletins import pages
from app.bulletins.daily import daily
from app.bulletins.monthly import monthly
from app.bulletins.pages import Districts
from app.bulletins.quarters_and_years import quarterly, yearly
from app.bulletins.schemas import (
    BulletinQuery,
    BulletinView,
    DayView,
    PackView,
    Printed,
    QuarterView,
    SpanView,
    YearView,
)
from app.bulletins.sheet import daily_csv, file_name, monthly_csv, quarterly_csv, yearly_csv
from app.kit.messages import Language, Message, language
from app.kit.web import negotiation
from app.kit.web.compress import PackedRoute
from app.kit.web.inert import INERT
from app.kit.web.sheets.names import named
from app.rankings import published, registry
from app.rankings.http import FOR_EVER, Looking, answer
from app.rankings.schemas import as_json

router = APIRouter(prefix="/v1", tags=["bulletins"], route_class=PackedRoute)

MEDIA = {Printed.JSON: "application/json", Printed.CSV: "text/csv", Printed.HTML: "text/html"}
FORM_OF = {media_type: form for form, media_type in MEDIA.items()}
TEXT: dict[str, Any] = {"schema": {"type": "string"}}
FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": TEXT, "text/html": TEXT}}}

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written(value: object) -> object:
    """A day such as 2026-10-20. Refuses seconds since 1970 (pydantic takes them) and times."""
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError(Message("is no day such as 2026-10-20"))
    return value


Day = Annotated[dt.date, BeforeValidator(written)]


View = TypeVar("View", bound=BulletinView | DayView | SpanView)


@dataclass
class BulletinRequest:
    request: Request
    query: Annotated[BulletinQuery, Query()]
    asked: Looking

    def form(self) -> Printed:
        """The form of the parameter, or the one that `Accept` likes best."""
        return self.query.format or FORM_OF[negotiation.best(self.request, tuple(FORM_OF))]

    def response(
        self,
        view: View,
        sheet: Callable[[View, Language], bytes],
        page: Callable[[View, Districts], bytes],
        period: Callable[[View], str],
    ) -> Response:
        form = self.form()
        headers = {"Vary": "Accept, Accept-Language", **(FOR_EVER if lasting(view) else {})}
        if form is Printed.HTML:
            body = page(view, self.districts(period(view)))
            return answer(self.request, body, MEDIA[form], headers | INERT)
        if form is Printed.CSV:
            headers |= named(file_name(view), "csv")
            return answer(self.request, sheet(view, language.get()), MEDIA[form], headers)
        return answer(self.request, as_json(view), MEDIA[form], headers)

    def districts(self, period: str) -> Districts:
        """The names of districts, as they were at the period's seal."""
        session = self.asked.session
        return (published.sealed(session, period) or registry.known(session)).districts


Wanted = Annotated[BulletinRequest, Depends()]


@router.get("/rankings/{period}/bulletin", response_model=PackView | BulletinView, responses=FORMS)
def read_bulletin(caller: Anyone, period: str, wanted: Wanted) -> Response:
    """The month: districts, streets, departments, enterprises and kinds of matter beside last month
    and last year; the four classes, exclusions, holds, overdue tickets, streets that moved."""
    return wanted.response(monthly(wanted.asked, period), monthly_csv, pages.monthly, of_one)


@router.get("/bulletins/{date}", response_model=DayView, responses=FORMS)
def read_day(caller: Anyone, date: Day, wanted: Wanted) -> Response:
    """The day's places with the most requests, and their rates since the period began."""
    return wanted.response(daily(wanted.asked, date), daily_csv, pages.daily, of_one)


@router.get("/bulletins/quarters/{quarter}", response_model=QuarterView, responses=FORMS)
def read_quarter(caller: Anyone, quarter: str, wanted: Wanted) -> Response:
    """Three periods beside each other: the city, the classes, the holds; escalations, supervisions
    and reviewed holds."""
    return wanted.response(
        quarterly(wanted.asked, quarter), quarterly_csv, pages.quarterly, of_last
    )


@router.get("/bulletins/years/{year}", response_model=YearView, responses=FORMS)
def read_year(caller: Anyone, year: str, wanted: Wanted) -> Response:
    """The year as a whole, its periods beside each other, and the city's departments."""
    return wanted.response(yearly(wanted.asked, year), yearly_csv, pages.yearly, of_last)


def lasting(view: BulletinView | DayView | SpanView) -> bool:
    """Whether a sealed bulletin stays the same for ever. A day does not: its lanes have the
    gazetteer's present names."""
    return view.sealed and not isinstance(view, DayView)


def of_one(view: BulletinView | DayView) -> str:
    return view.period


def of_last(view: SpanView) -> str:
    return view.periods[-1].period
