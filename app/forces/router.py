"""A street's standing forces over HTTP: `/v1/offices/{code}/roster` and what belongs to it."""

from fastapi import APIRouter, Depends, Request, Response

from app.access.exports import AtExports
from app.access.gate import allow
from app.access.roles import STAFF
from app.city import AtCity
from app.forces import days, export, members, service
from app.forces.http import (
    At,
    ByChief,
    ByStreet,
    Day,
    MemberId,
    Month,
    OfDistrict,
    OfHome,
    Revealing,
    Seen,
    Span,
)
from app.forces.recording import RosterChange
from app.forces.schemas import (
    AttendanceView,
    Because,
    CentreModelsView,
    CentresView,
    ForceContact,
    ForceEventView,
    MemberChange,
    MemberView,
    MonthView,
    NewDays,
    NewMark,
    NewMembers,
    NewModel,
    NewShifts,
    RosterView,
    ShiftView,
)
from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.web.idempotency import NotHere
from app.kit.web.paging import DEFAULT_LIMIT, CursorText, Limit, Page
from app.kit.web.route import Route
from app.tickets.disclosure import NO_STORE

router = APIRouter(prefix="/v1", tags=["forces"], route_class=Route)


@router.get("/centre-models", dependencies=[Depends(allow(STAFF))])
def list_models(city: AtCity) -> CentreModelsView:
    """The models of an enforcement centre that a street may choose from: 1+5+N and the like."""
    return service.models(city)


@router.get("/centres")
def list_centres(streets: OfDistrict, session: Reading, city: AtCity, now: Now) -> CentresView:
    """The enforcement centres of a district's streets in figures: who has none, who lacks people,
    where nobody is on duty."""
    return service.centres(session, city, streets, now)


@router.get("/offices/{code}/roster", response_model=RosterView)
def show_roster(request: Request, reading: Seen, exports: AtExports, at: At = None) -> Response:
    """A street's centre, now or at an instant: its people, seat by seat, and who is on duty.

    A home office sees its own people only. `Accept: text/csv` is the same as a sheet.
    """
    roster = service.roster(reading, at or reading.now)
    return export.answer(request, exports, reading.caller, roster, export.people(roster))


@router.put("/offices/{code}/roster")
def set_model(act: ByChief, body: NewModel) -> RosterView:
    """The chief chooses the model of the street's centre."""
    return act.show(lambda change: members.set_model(change, body))


@router.post("/offices/{code}/roster/members", status_code=201)
def add_members(act: ByChief, body: NewMembers) -> RosterView:
    """The chief takes people into the roster, all of them or none."""
    return act.show(lambda change: members.add(change, body), 201)


@router.post("/offices/{code}/roster/members/{member_id}/change")
def change_member(act: ByChief, member_id: MemberId, body: MemberChange) -> RosterView:
    """The chief changes what a person is in the roster, with a reason."""
    return act.show(lambda change: members.alter(change, change.member(member_id), body))


@router.post("/offices/{code}/roster/members/{member_id}/remove")
def remove_member(act: ByChief, member_id: MemberId, body: Because) -> RosterView:
    """The chief lets a person go from the roster; his shifts from now on are cancelled."""
    return act.show(lambda change: members.remove(change, change.member(member_id), body))


@router.post("/offices/{code}/roster/members/{member_id}/reveal")
def reveal_member(
    act: Revealing, member_id: MemberId, body: Because, no_key: NotHere
) -> ForceContact:
    """A person's telephone in the clear, with a reason, on record; takes no Idempotency-Key."""
    act.doing.response.headers.update(NO_STORE)
    return act.take(lambda change: members.reveal(change, act.member(change, member_id), body))


@router.put("/offices/{code}/roster/days/{day}")
def note_day(act: ByStreet, day: Day, body: NewDays) -> AttendanceView:
    """The street notes who was there on a day 考勤, all or none; another value needs a reason."""
    reading = act.done(lambda change: days.attend(change, day, body))
    return days.month(reading, day.isoformat()[:7])


@router.put("/offices/{code}/roster/members/{member_id}/marks/{month}")
def mark_month(act: ByChief, member_id: MemberId, month: Month, body: NewMark) -> MonthView:
    """The chief marks a person's month, 0 to 100; another value needs a reason."""
    reading = act.done(lambda change: days.mark(change, change.anybody(member_id), month, body))
    return days.month_of_person(reading, member_id, month)


@router.get("/offices/{code}/roster/months/{month}", response_model=AttendanceView)
def show_month(request: Request, reading: Seen, month: Month, exports: AtExports) -> Response:
    """Attendance and marks of all who were in the roster in a month; `text/csv` as a sheet."""
    view = days.month(reading, month)
    return export.answer(request, exports, reading.caller, view, export.months(view))


@router.post("/offices/{code}/roster/shifts", status_code=201)
def plan_shifts(act: ByStreet, body: NewShifts) -> list[ShiftView]:
    """The street plans who is on duty when, all of the shifts or none."""

    def plan(change: RosterChange) -> str:
        return " ".join(str(shift.id) for shift in days.plan(change, body))

    numbers = map(int, act.once(plan, 201).split())
    return [ShiftView.model_validate(shift) for shift in days.shifts(act.doing.session, numbers)]


@router.get("/offices/{code}/roster/shifts")
def list_shifts(
    reading: Seen, span: Span, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[ShiftView]:
    """The shifts that touch a span of time, by their beginning; also cancelled ones."""
    shifts, more = service.shifts(reading, span, limit, cursor)
    return Page(items=[ShiftView.model_validate(shift) for shift in shifts], next=more)


@router.post("/offices/{code}/roster/shifts/{shift_id}/cancel")
def cancel_shift(act: ByStreet, shift_id: MemberId, body: Because) -> ShiftView:
    """The street takes back the rest of a shift."""
    number = act.once(lambda change: str(days.cancel(change, shift_id, body).id))
    [shift] = days.shifts(act.doing.session, [int(number)])
    return ShiftView.model_validate(shift)


@router.get("/offices/{code}/roster/events")
def list_events(
    reading: Seen, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[ForceEventView]:
    """Everything that happened to a roster, in order; a home office sees that of its people."""
    events, more = service.events(reading, limit, cursor)
    return Page(items=events, next=more)


@router.get("/offices/{code}/posted-people")
def list_posted(
    home: OfHome, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[MemberView]:
    """An office's own people in the city's centres now, for itself and the auditor."""
    people, more = service.sent_by(home, limit, cursor)
    return Page(items=people, next=more)
