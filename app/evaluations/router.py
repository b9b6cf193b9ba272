"""Evaluations of departments by streets, and their performance, over HTTP."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.access.gate import Anyone, Staff
from app.evaluations import acts, forms, sealing, service, units, verification
from app.evaluations.http import (
    Appealing,
    Changing,
    Chief,
    Deciding,
    Entering,
    Evaluator,
    Here,
    Insider,
    Markings,
    Opener,
    OwnStreet,
    Reader,
    UnitOf,
    Verifier,
    asked_street,
    department_for,
    district_of,
    street_of,
)
from app.evaluations.models import PerformanceSeal
from app.evaluations.schemas import (
    AppealDecision,
    DepartmentView,
    Format,
    FormRowView,
    FormView,
    NewAppeal,
    NewMark,
    NewOther,
    NewSection,
    NewUnitMark,
    PerformanceProof,
    PerformanceQuery,
    PerformanceSealView,
    PerformanceView,
    StreetMarkView,
    StreetQuery,
    TermView,
    UnitFormView,
    UnitView,
)
from app.kit.db import Reading
from app.kit.messages import language
from app.kit.web.compress import PackedRoute
from app.kit.web.language import BY_LANGUAGE
from app.kit.web.sheets.names import named
from app.kit.web.sheets.workbook import XLSX
from app.kit.web.wire import OfficeCode
from app.rankings.http import answer
from app.rankings.schemas import as_json

router = APIRouter(prefix="/v1", tags=["evaluations"], route_class=PackedRoute)

Street = Annotated[StreetQuery, Query()]
BINARY = {"schema": {"type": "string", "format": "binary"}}
TABLE = {
    "content": {"text/csv": {"schema": {"type": "string"}}, XLSX: BINARY},
    "model": PerformanceView,
}


@router.get("/evaluations")
def list_terms(caller: Staff, session: Reading, at: Here) -> list[TermView]:
    """The periods of evaluations that have begun, of the last year and of this one."""
    return service.list_terms(session, at)


@router.get("/evaluations/{period}")
def read_form(caller: Reader, period: str, query: Street, session: Reading, at: Here) -> FormView:
    """A street's form: every department that it marks, with what is on record beside it."""
    page = at.page(session, period, asked_street(caller, at.city, query))
    return forms.form(session, page, service.shown_term(session, page.term, at))


@router.get("/evaluations/{period}/units")
def read_unit_form(
    caller: Insider, period: str, query: Street, session: Reading, at: Here
) -> UnitFormView:
    """Inside the street: its communities and sections, each kind ranked in itself."""
    street = asked_street(caller, at.city, query)
    return units.form(session, at.term(period), street.code, at.now)


@router.put("/evaluations/{period}/units/{unit_code}")
def mark_unit(
    caller: Chief, named: UnitOf, street: OwnStreet, doing: Changing, body: NewUnitMark
) -> UnitFormView:
    """The chief marks a community or a section of the street."""
    term, code = named
    acts.mark_unit(doing.act(caller, term), street.code, code, body)
    return units.form(doing.session, term, street.code, doing.clock())


@router.get("/evaluations/{period}/seal", response_model=PerformanceSealView)
def read_seal(caller: Anyone, period: str, session: Reading, at: Here) -> PerformanceSeal:
    """What was sealed, when, by whom, and the hashes."""
    return sealing.get(session, at.span(period).name)


@router.post("/evaluations/{period}/seal", response_model=PerformanceSealView, status_code=201)
def seal_performance(caller: Evaluator, period: str, doing: Changing) -> PerformanceSeal:
    """Close a period of departments' performance for good, once all appeals are over."""
    span, session = doing.at.span(period), doing.session
    periods, clock = doing.at.city.periods, doing.clock

    def seal() -> str:
        return sealing.seal(session, span, periods, caller.id, clock).period

    return sealing.get(session, doing.once(seal, 201))


@router.post("/evaluations/{period}/verify")
def verify_performance(
    caller: Verifier, period: str, session: Reading, at: Here
) -> PerformanceProof:
    """The seal against the record as it stands now."""
    return verification.verify(session, at.span(period))


@router.put("/evaluations/{period}/{office_code}")
def mark_department(marking: Markings, doing: Changing, body: NewMark) -> FormRowView:
    """The chief marks a department, confirms the proposed mark, or says that there were no
    dealings; until the deadline."""
    page = marking.page
    acts.mark(doing.act(marking.caller, page.term), page.street.code, marking.office.code, body)
    return doing.row(page, marking.office)


@router.post("/evaluations/{period}/{office_code}/appeal")
def appeal(subject: Appealing, doing: Changing, body: NewAppeal) -> StreetMarkView:
    """A department appeals against a street's mark or veto."""
    street = street_of(subject.caller, doing.at.city, body.street_code)
    act, code = doing.act(subject.caller, subject.term), subject.office.code
    doing.once(lambda: acts.appeal(act, code, district_of(doing.at.city, street), body))
    return doing.street_mark(subject.term, street, code)


@router.post("/evaluations/{period}/{office_code}/appeal/decision")
def decide_appeal(subject: Deciding, doing: Changing, body: AppealDecision) -> StreetMarkView:
    """The street's district decides; an approved appeal sets mark and veto aside."""
    street = street_of(subject.caller, doing.at.city, body.street_code)
    act, code = doing.act(subject.caller, subject.term), subject.office.code
    doing.once(lambda: acts.decide(act, code, body))
    return doing.street_mark(subject.term, street, code)


@router.get("/departments/performance", response_model=PerformanceView, responses={200: TABLE})
def read_performance(
    request: Request,
    caller: Anyone,
    query: Annotated[PerformanceQuery, Query()],
    session: Reading,
    at: Here,
) -> Response:
    """Every department's performance: by line, then by place, then by code."""
    return WRITTEN[query.format](request, service.performance(session, at, query))


@router.get("/departments/{code}/performance/{period}", response_model=DepartmentView)
def read_department(
    request: Request, caller: Opener, code: OfficeCode, period: str, session: Reading, at: Here
) -> Response:
    """One department's performance, down to each street's mark and each whistle."""
    office = department_for(caller, at.city, code)
    view = service.department(session, at.span(period), at, office.code)
    return answer(request, as_json(view), "application/json", {})


@router.put("/departments/{code}/performance/{period}", response_model=DepartmentView)
def enter_other(request: Request, subject: Entering, doing: Changing, body: NewOther) -> Response:
    """The rest of a department's performance, of 100, until the period is sealed."""
    acts.enter(doing.act(subject.caller, subject.term), subject.office.code, body)
    at = doing.after()
    view = service.department(doing.session, at.span(subject.term.name), at, subject.office.code)
    return answer(request, as_json(view), "application/json", {})


@router.get("/units")
def list_units(caller: Insider, query: Street, session: Reading, at: Here) -> list[UnitView]:
    """A street's communities by the gazetteer, and its sections."""
    return units.shown(units.units(session, asked_street(caller, at.city, query).code))


@router.put("/units/{unit_code}")
def keep_section(
    caller: Chief, street: OwnStreet, unit_code: OfficeCode, doing: Changing, body: NewSection
) -> UnitView:
    """The chief makes, renames, closes or opens a section of the street's office."""
    return units.keep(doing.session, caller, street.code, unit_code, body, doing.clock())


def as_object(request: Request, view: PerformanceView) -> Response:
    return answer(request, as_json(view), "application/json", {})


def as_sheet(request: Request, view: PerformanceView) -> Response:
    headers = {**named(service.title(view), "csv"), **BY_LANGUAGE}
    return answer(request, service.as_csv(view, language.get()), "text/csv", headers)


def as_book(request: Request, view: PerformanceView) -> Response:
    headers = {**named(service.title(view), "xlsx"), **BY_LANGUAGE}
    return answer(request, service.as_workbook(view, language.get()), XLSX, headers)


WRITTEN: Mapping[Format, Callable[[Request, PerformanceView], Response]] = {
    Format.JSON: as_object,
    Format.CSV: as_sheet,
    Format.XLSX: as_book,
}
