"""Bulletins over HTTP: for programs, for spreadsheets, and as pages to be printed."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar

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
    Printed,
    QuarterView,
    SpanView,
    YearView,
)
from app.bulletins.sheet import daily_csv, monthly_csv, quarterly_csv, yearly_csv
from app.kit.compress import PackedRoute
from app.rankings import published, registry
from app.rankings.http import FOR_EVER, INERT, Looking, answer
from app.rankings.schemas import as_json

router = APIRouter(prefix="/v1", tags=["bulletins"], route_class=PackedRoute)

MEDIA = {Printed.JSON: "application/json", Printed.CSV: "text/csv", Printed.HTML: "text/html"}
TEXT: dict[str, Any] = {"schema": {"type": "string"}}
FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": TEXT, "text/html": TEXT}}}

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written(said: object) -> object:
    """Refuses seconds since 1970, which pydantic would take, and times of a day."""
    if isinstance(said, str) and not DAY.fullmatch(said):
        raise ValueError("is no day such as 2026-10-20")
    return said


Day = Annotated[dt.date, BeforeValidator(written)]


class Sealable(Protocol):
    sealed: bool


View = TypeVar("View", bound=Sealable)


@dataclass
class Asking:
    request: Request
    query: Annotated[BulletinQuery, Query()]
    look: Looking

    def form(self) -> Printed:
        """The parameter's, or the first of `Accept` that there is."""
        accept = self.request.headers.get("accept", "").split(",")
        kinds = [kind.partition(";")[0].strip() for kind in accept]
        known = (form for kind in kinds for form, media in MEDIA.items() if media == kind)
        return self.query.format or next(known, Printed.JSON)

    def told(
        self,
        view: View,
        sheet: Callable[[View], bytes],
        page: Callable[[View, Districts], bytes],
        period: Callable[[View], str],
    ) -> Response:
        form = self.form()
        headers = {"Vary": "Accept", **(FOR_EVER if lasting(view) else {})}
        if form is Printed.HTML:
            body = page(view, self.districts(period(view)))
            return answer(self.request, body, MEDIA[form], headers | INERT)
        body = {Printed.JSON: as_json, Printed.CSV: sheet}[form](view)
        return answer(self.request, body, MEDIA[form], headers)

    def districts(self, period: str) -> Districts:
        """Their names, as they were when the period was sealed."""
        session = self.look.session
        return (published.sealed(session, period) or registry.known(session)).districts


Asked = Annotated[Asking, Depends()]


@router.get("/rankings/{period}/bulletin", response_model=BulletinView, responses=FORMS)
def read_bulletin(caller: Anyone, period: str, asked: Asked) -> Response:
    """The month: the four classes, exclusions, holds, overdue tickets, who rose and who fell."""
    return asked.told(monthly(asked.look, period), monthly_csv, pages.monthly, of_one)


@router.get("/bulletins/{date}", response_model=DayView, responses=FORMS)
def read_day(caller: Anyone, date: Day, asked: Asked) -> Response:
    """The day's places with the most requests, and their rates since the period began."""
    return asked.told(daily(asked.look, date), daily_csv, pages.daily, of_one)


@router.get("/bulletins/quarters/{quarter}", response_model=QuarterView, responses=FORMS)
def read_quarter(caller: Anyone, quarter: str, asked: Asked) -> Response:
    """Three periods beside each other: the city, the classes, what is on hold; what was escalated,
    supervised, and looked at again."""
    return asked.told(quarterly(asked.look, quarter), quarterly_csv, pages.quarterly, of_last)


@router.get("/bulletins/years/{year}", response_model=YearView, responses=FORMS)
def read_year(caller: Anyone, year: str, asked: Asked) -> Response:
    """The year as a whole, its periods beside each other, and the city's departments."""
    return asked.told(yearly(asked.look, year), yearly_csv, pages.yearly, of_last)


def lasting(view: Sealable) -> bool:
    """Not a day: the lanes of a sealed one are named as the gazetteer has them at present."""
    return view.sealed and not isinstance(view, DayView)


def of_one(view: BulletinView | DayView) -> str:
    return view.period


def of_last(view: SpanView) -> str:
    return view.periods[-1].period
