"""Rosters on the wire: what is sent of people, shifts, days and marks, and what is shown."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from app.access.roles import Role
from app.duties.centres import ForceKind
from app.forces.roster import ForceAction
from app.kit.messages import shape
from app.kit.web.wire import At, Flag, Form, Line, OfficeCode, Prose, Told, View
from app.tickets.texts import Name, Phone

MOST_AT_ONCE = 200
MOST_MARK = 100

SEAT = shape(r"^[A-Za-z0-9][A-Za-z0-9+-]{0,59}$", "is no seat's code")
SeatCode = Annotated[str, Field(pattern=SEAT)]
MemberId = Annotated[int, Field(ge=1, lt=2**63, strict=True)]


class NewModel(Form):
    model: SeatCode


class NewMember(Form):
    office_code: OfficeCode
    kind: ForceKind
    name: Name
    phone: Phone
    duty: Line
    seat: SeatCode | None = None


class NewMembers(Form):
    members: Annotated[list[NewMember], Field(min_length=1, max_length=MOST_AT_ONCE)]


class MemberChange(Form):
    """What is given is changed; a member that is absent stays as it is."""

    kind: ForceKind | None = None
    name: Name | None = None
    phone: Phone | None = None
    duty: Line | None = None
    seat: SeatCode | None = None
    reason: Prose


class Because(Form):
    reason: Prose


class NewShift(Form):
    member_id: MemberId
    starts_at: Told
    ends_at: Told


class NewShifts(Form):
    shifts: Annotated[list[NewShift], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewDay(Form):
    """`reason` is required where another attendance stands already."""

    member_id: MemberId
    present: Flag
    reason: Prose | None = None


class NewDays(Form):
    members: Annotated[list[NewDay], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewMark(Form):
    """`reason` is required where another mark stands already."""

    mark: Annotated[int, Field(ge=0, le=MOST_MARK, strict=True)]
    reason: Prose | None = None


class MemberView(View):
    """`phone` is masked: `reveal` shows it. `on_duty`: a shift of his covers the instant."""

    id: int
    street_code: str
    office_code: str
    office_name: str
    kind: ForceKind
    seat: str | None
    name: str
    phone: str
    duty: str
    joined_at: At
    left_at: At | None
    on_duty: bool


class SeatView(View):
    """`offices` are those whose people may take the seat, `members` those in it, `lacking` how many
    are missing from `least`."""

    code: str
    name: str
    kind: ForceKind
    offices: list[str]
    least: int
    most: int | None
    members: list[int]
    lacking: int


class RosterView(View):
    """A centre as it was at `at`, now unless another instant was asked for. `whole` is false for an
    office that sees its own people only; it is told no seats."""

    street_code: str
    street_name: str
    at: At
    model: str | None
    version: int
    whole: bool
    seats: list[SeatView]
    members: list[MemberView]


class CentreView(View):
    """A street's centre in figures, now: its people by kind, those on duty, and how many the seats
    of its model lack."""

    street_code: str
    street_name: str
    district_code: str
    model: str | None
    core: int
    posted: int
    on_call: int
    on_duty: int
    lacking: int


class CentresView(View):
    items: list[CentreView]


class CentreSeatView(View):
    code: str
    name: str
    kind: ForceKind
    offices: list[str]
    least: int
    most: int | None
    basis: str


class CentreModelView(View):
    name: str
    seats: list[CentreSeatView]


class CentreModelsView(View):
    items: list[CentreModelView]


class ShiftView(View):
    id: int
    member_id: int
    starts_at: At
    ends_at: At
    cancelled_at: At | None


class DayView(View):
    day: date
    present: bool


class MonthView(View):
    """A person's month: the days that were noted, and the mark."""

    member_id: int
    name: str
    office_code: str
    office_name: str
    kind: ForceKind
    present: int
    absent: int
    days: list[DayView]
    mark: int | None


class AttendanceView(View):
    street_code: str
    month: str
    items: list[MonthView]


class ForceEventView(View):
    """`data` holds codes, numbers and days; `words` what was said, telephones masked."""

    seq: int
    at: At
    actor: str
    role: Role
    office_code: str
    action: ForceAction
    member_id: int | None
    data: dict[str, Any]
    words: dict[str, Any] | None


class ForceContact(View):
    name: str
    phone: str


Format = Literal["json", "csv"]
