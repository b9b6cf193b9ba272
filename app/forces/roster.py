"""The roster of a street's enforcement centre: who may stand in it, in which seat, and when.

A person belongs to it from `joined_at` up to, without, `left_at`, and is on duty from a shift's
`starts_at` up to, without, its `ends_at`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.duties.centres import CentreModel, ForceKind, Seat
from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.workdays import ONE_DAY, midnight
from app.offices.directory import OfficeEntry, OfficeKind

LONGEST_SHIFT = timedelta(hours=72)

MAY_POST = frozenset(
    {OfficeKind.DISTRICT_DEPT, OfficeKind.BRANCH, OfficeKind.CITY_DEPT, OfficeKind.ENTERPRISE}
)


class ForceAction(StrEnum):
    """What is done with a roster; each is an event of its street."""

    SET_MODEL = "set_model"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    REVEAL = "reveal"
    PLAN_SHIFT = "plan_shift"
    CANCEL_SHIFT = "cancel_shift"
    ATTEND = "attend"
    MARK = "mark"


class TwiceInRoster(Conflict):
    title = "This person stands in the roster already"


class SameTwice(Invalid):
    title = "One person is named twice"


class NotPostedHere(Invalid):
    title = "People of this office are not posted to this street's centre"


class NoSuchSeat(Invalid):
    title = "The model of this centre has no such seat for this person"


class ShiftUnfit(Invalid):
    title = "A shift breaks a rule"


class ShiftsOverlap(Conflict):
    title = "This person has a shift at that time"


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a roster, as far as the rules look at him."""

    office_code: str
    name: str
    phone: str
    kind: ForceKind
    seat: str | None = None
    id: int | None = None

    def is_same(self, other: "Person") -> bool:
        """One telephone is one person; so is one name in one office."""
        named_alike = (self.office_code, self.name) == (other.office_code, other.name)
        return self.phone == other.phone or named_alike


@dataclass(frozen=True, slots=True)
class Shift:
    """A time on duty; `ends_at` is the first instant off duty."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


def check_new(present: Sequence[Person], new: Sequence[Person]) -> None:
    """Refuses SameTwice where the new ones name a person twice, TwiceInRoster where one of them
    stands in the roster."""
    for n, person in enumerate(new):
        pointer = f"/members/{n}"
        if any(person.is_same(earlier) for earlier in new[:n]):
            detail = Message(
                "{person} of {office_code} is named twice",
                person=person.name,
                office_code=person.office_code,
            )
            raise SameTwice(detail, errors=[{"pointer": pointer, "detail": detail}])
    for n, person in enumerate(new):
        check_alone(present, person, f"/members/{n}")


def check_alone(present: Iterable[Person], person: Person, pointer: str) -> None:
    """Refuses (TwiceInRoster) a person beside himself."""
    for other in present:
        if other.id != person.id and person.is_same(other):
            detail = Message(
                "{person} of {office_code} is member {member}",
                person=person.name,
                office_code=person.office_code,
                member=other.id,
            )
            fault = {"pointer": pointer, "detail": detail}
            raise TwiceInRoster(detail, member_id=other.id, errors=[fault])


def check_home(street: OfficeEntry, home: OfficeEntry, kind: ForceKind, pointer: str) -> None:
    """Refuses (NotPostedHere) a core person of another office than the street, and a posted or
    on-call one of an office that serves another district or posts nobody."""
    if kind is ForceKind.CORE:
        fits = home.code == street.code
    else:
        fits = home.kind in MAY_POST and home.district_code in (None, street.district_code)
    if not fits:
        detail = Message(
            "{home} has no {kind} people at {street}", home=home.name, kind=kind, street=street.name
        )
        fault = {"pointer": f"{pointer}/office_code", "detail": detail}
        raise NotPostedHere(detail, errors=[fault])


def check_seat(
    model: CentreModel | None, street: OfficeEntry, person: Person, pointer: str
) -> None:
    """Refuses (NoSuchSeat) a seat that the centre's model has not, or has for others."""
    if person.seat is None:
        return
    for seat in model.seats if model else ():
        if seat.code == person.seat and suits(seat, street, person):
            return
    detail = Message(
        "no seat {seat} for {kind} people of {office_code}",
        seat=person.seat,
        kind=person.kind,
        office_code=person.office_code,
    )
    fault = {"pointer": f"{pointer}/seat", "detail": detail}
    raise NoSuchSeat(detail, errors=[fault])


def suits(seat: Seat, street: OfficeEntry, person: Person) -> bool:
    offices = seat.offices_of(street.code, street.district_code or "")
    return seat.kind is person.kind and person.office_code in offices


def seating(
    model: CentreModel, street: OfficeEntry, people: Sequence[Person]
) -> dict[str, tuple[Person, ...]]:
    """The people of each seat, by its code: first those who name it, then the others in order, into
    the first seat that suits them and lacks people, or else the first that suits."""
    seats: dict[str, list[Person]] = {seat.code: [] for seat in model.seats}
    for person in sorted(people, key=lambda person: person.seat not in seats):
        suiting = [seat for seat in model.seats if suits(seat, street, person)]
        lacking = [seat for seat in suiting if len(seats[seat.code]) < seat.least]
        named = [seat for seat in suiting if seat.code == person.seat]
        for seat in (named or lacking or suiting)[:1]:
            seats[seat.code].append(person)
    return {code: tuple(seated) for code, seated in seats.items()}


def on_duty(shifts: Iterable[Shift], at: datetime) -> frozenset[int]:
    """The members on duty at an instant."""
    return frozenset(s.member_id for s in shifts if s.starts_at <= at < s.ends_at)


def check_shifts(new: Sequence[Shift], now: datetime) -> None:
    """Refuses (ShiftUnfit) an end that is no later than its beginning, a shift over 72 hours or one
    that is over, and (ShiftsOverlap) two of one person at a time."""
    for n, shift in enumerate(new):
        for fault in faults(shift, now):
            errors = [{"pointer": f"/shifts/{n}/ends_at", "detail": fault}]
            raise ShiftUnfit(Message("shift {n}: {fault}", n=n, fault=fault), errors=errors)
    check_apart(new)


def faults(shift: Shift, now: datetime) -> Iterator[Message]:
    if shift.ends_at <= shift.starts_at:
        yield Message("ends before it begins")
    if shift.ends_at - shift.starts_at > LONGEST_SHIFT:
        yield Message("is longer than 72 hours")
    if shift.ends_at <= now:
        yield Message("is over")


def check_apart(shifts: Iterable[Shift]) -> None:
    """Refuses (ShiftsOverlap) two shifts of one person at a time; one may begin as another ends."""
    ordered = sorted(shifts, key=lambda shift: (shift.member_id, shift.starts_at))
    for former, later in pairwise(ordered):
        if former.member_id == later.member_id and later.starts_at < former.ends_at:
            raise ShiftsOverlap(
                Message(
                    "member {member} is on duty until {ends_at}",
                    member=later.member_id,
                    ends_at=former.ends_at,
                ),
                member_id=later.member_id,
            )


def month_days(month: str) -> tuple[date, date]:
    """The first day of a month such as 2026-11, and the first day after it."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + 31 * ONE_DAY).replace(day=1)
    return first, after


def belongs(joined_at: datetime, left_at: datetime | None, first: date, after: date) -> bool:
    """Whether a person stood in the roster on any of the days from `first` up to, without,
    `after`."""
    return joined_at < midnight(after) and (left_at is None or left_at > midnight(first))
