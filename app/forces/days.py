"""The centre's days: shifts that are planned and cancelled, attendance, and the mark of a month."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forces.models import ForceDay, ForceMark, ForceMember, ForceShift
from app.forces.recording import RosterChange
from app.forces.roster import (
    ForceAction,
    SameTwice,
    Shift,
    belongs,
    check_apart,
    check_shifts,
    month_days,
)
from app.forces.schemas import (
    AttendanceView,
    Because,
    DayView,
    MonthView,
    NewDay,
    NewDays,
    NewMark,
    NewShifts,
)
from app.forces.scope import RosterReading
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.messages import Message
from app.kit.workdays import ONE_DAY, day_of


class NoSuchShift(NotFound):
    title = "There is no such shift in this roster"


class ShiftOver(Conflict):
    title = "This shift is over or cancelled"


class DayUnfit(Invalid):
    title = "No attendance or mark can be put for that time"


class ReasonNeeded(Invalid):
    title = "A change needs a reason"


def plan(change: RosterChange, body: NewShifts) -> list[ForceShift]:
    """All or none. Refuses UnknownMember, ShiftUnfit and ShiftsOverlap."""
    new = [Shift(shift.member_id, shift.starts_at, shift.ends_at) for shift in body.shifts]
    members = sorted({shift.member_id for shift in new})
    for n, wanted in enumerate(body.shifts):
        change.named(wanted.member_id, f"/shifts/{n}/member_id")
    check_shifts(new, change.now)
    earlier = select(ForceShift.member_id, ForceShift.starts_at, ForceShift.ends_at).where(
        ForceShift.member_id.in_(members),
        ForceShift.ends_at > min(shift.starts_at for shift in new),
        ForceShift.cancelled_at.is_(None),
    )
    check_apart([*new, *(Shift(*row) for row in change.session.execute(earlier))])
    planned = [
        ForceShift(
            street_code=change.street.code,
            member_id=shift.member_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
        for shift in new
    ]
    change.session.add_all(planned)
    change.session.flush()
    for shift in planned:
        data = {
            "shift_id": shift.id,
            "starts_at": shift.starts_at.isoformat(),
            "ends_at": shift.ends_at.isoformat(),
        }
        change.record(ForceAction.PLAN_SHIFT, shift.member_id, data)
    return planned


def cancel(change: RosterChange, shift_id: int, body: Because) -> ForceShift:
    """Refuses NoSuchShift, and ShiftOver where nothing of it is left."""
    shift = change.session.get(ForceShift, shift_id)
    if shift is None or shift.street_code != change.street.code:
        raise NoSuchShift(Message("no shift {shift_id}", shift_id=shift_id))
    if shift.cancelled_at or shift.ends_at <= change.now:
        raise ShiftOver(Message("shift {shift_id} ended", shift_id=shift_id))
    shift.cancelled_at = change.now
    data = {"shift_id": shift.id}
    change.record(ForceAction.CANCEL_SHIFT, shift.member_id, data, {"reason": body.reason})
    return shift


def shifts(session: Session, numbers: Iterable[int]) -> Sequence[ForceShift]:
    query = select(ForceShift).where(ForceShift.id.in_(list(numbers)))
    return session.scalars(query.order_by(ForceShift.id)).all()


def attend(change: RosterChange, day: date, body: NewDays) -> None:
    """All or none. Refuses UnknownMember, SameTwice, DayUnfit for a day to come or on which a
    person was not in the roster, ReasonNeeded for another attendance than stands."""
    noted: set[int] = set()
    for n, new in enumerate(body.members):
        pointer = f"/members/{n}"
        member = change.named(new.member_id, f"{pointer}/member_id", also_left=True)
        if member.id in noted:
            detail = Message("member {member} is named twice", member=member.id)
            raise SameTwice(detail, errors=[{"pointer": pointer, "detail": detail}])
        noted.add(member.id)
        note(change, member, day, new, pointer)


def note(change: RosterChange, member: ForceMember, day: date, body: NewDay, pointer: str) -> None:
    check_time(change, member, (day, day + ONE_DAY), pointer)
    known = change.session.get(ForceDay, (member.id, day))
    if known and known.present == body.present:
        return
    words = reason(body.reason, known is not None, pointer)
    data = {"day": day.isoformat(), "present": body.present}
    seq = change.record(ForceAction.ATTEND, member.id, data, words)
    if known:
        known.present, known.seq = body.present, seq
    else:
        change.session.add(ForceDay(member_id=member.id, day=day, present=body.present, seq=seq))


def mark(change: RosterChange, member: ForceMember, month: str, body: NewMark) -> None:
    """One mark for each person and month. Refuses DayUnfit for a month to come or in which he was
    not in the roster, ReasonNeeded for another mark than stands."""
    check_time(change, member, month_days(month), "/path/month")
    known = change.session.get(ForceMark, (member.id, month))
    if known and known.mark == body.mark:
        return
    words = reason(body.reason, known is not None)
    data = {"month": month, "mark": body.mark, "former": known.mark if known else None}
    seq = change.record(ForceAction.MARK, member.id, data, words)
    if known:
        known.mark, known.seq = body.mark, seq
    else:
        change.session.add(ForceMark(member_id=member.id, month=month, mark=body.mark, seq=seq))


def check_time(
    change: RosterChange, member: ForceMember, span: tuple[date, date], pointer: str
) -> None:
    """`span`: its first day, and the first day after it."""
    first, after = span
    if first > day_of(change.now):
        raise day_unfit(Message("{first} lies ahead", first=first), pointer)
    if not belongs(member.joined_at, member.left_at, first, after):
        detail = Message(
            "member {member} was not in the roster from {first} to {last}",
            member=member.id,
            first=first,
            last=after - ONE_DAY,
        )
        raise day_unfit(detail, pointer)


def day_unfit(detail: Message, pointer: str) -> DayUnfit:
    return DayUnfit(detail, errors=[{"pointer": pointer, "detail": detail}])


def reason(text: str | None, required: bool, pointer: str = "") -> dict[str, str]:
    if required and text is None:
        detail = Message("is required to change what stands")
        errors = [{"pointer": f"{pointer}/reason", "detail": detail}]
        raise ReasonNeeded(Message("another value stands; say why it changes"), errors=errors)
    return {"reason": text} if text else {}


def month(reading: RosterReading, name: str) -> AttendanceView:
    """Attendance and marks of a month, of all who were in the roster then."""
    first, after = month_days(name)
    members = [
        member
        for member in reading.session.scalars(everybody(reading))
        if belongs(member.joined_at, member.left_at, first, after)
    ]
    ids = [member.id for member in members]
    noted = select(ForceDay).where(
        ForceDay.member_id.in_(ids), ForceDay.day >= first, ForceDay.day < after
    )
    days: dict[int, list[ForceDay]] = defaultdict(list)
    for day in reading.session.scalars(noted.order_by(ForceDay.day)):
        days[day.member_id].append(day)
    marked = select(ForceMark.member_id, ForceMark.mark).where(
        ForceMark.member_id.in_(ids), ForceMark.month == name
    )
    marks = {row.member_id: row.mark for row in reading.session.execute(marked)}
    return AttendanceView(
        street_code=reading.street.code,
        month=name,
        items=[
            month_of(reading, member, days[member.id], marks.get(member.id)) for member in members
        ],
    )


def month_of_person(reading: RosterReading, member_id: int, name: str) -> MonthView:
    [item] = [item for item in month(reading, name).items if item.member_id == member_id]
    return item


def everybody(reading: RosterReading) -> sa.Select[ForceMember]:
    query = select(ForceMember).where(ForceMember.street_code == reading.street.code)
    if reading.home is not None:
        query = query.where(ForceMember.office_code == reading.home)
    return query.order_by(ForceMember.id)


def month_of(
    reading: RosterReading, member: ForceMember, days: list[ForceDay], mark: int | None
) -> MonthView:
    present = sum(day.present for day in days)
    return MonthView(
        member_id=member.id,
        name=member.name,
        office_code=member.office_code,
        office_name=reading.city.offices[member.office_code].name,
        kind=member.kind,
        present=present,
        absent=len(days) - present,
        days=[DayView(day=day.day, present=day.present) for day in days],
        mark=mark,
    )
