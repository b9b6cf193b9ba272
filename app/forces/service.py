"""Rosters as they are read: who is in them, in which seat, and on duty; and what happened."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.city import City
from app.duties.centres import CentreModel, ForceKind
from app.forces.models import Force, ForceEvent, ForceMember, ForceShift, ForceStatement
from app.forces.roster import Person, Shift, on_duty, seating
from app.forces.schemas import (
    CentreModelsView,
    CentreModelView,
    CentresView,
    CentreView,
    ForceEventView,
    MemberView,
    RosterView,
    SeatView,
)
from app.forces.scope import HomeReading, RosterReading
from app.kit.web.paging import Order, instant
from app.offices.directory import OfficeEntry
from app.tickets.citizens import masked_phone

IN_ORDER = Order((ForceMember.id,), (int,))
RISING = Order((ForceEvent.seq,), (int,))
BY_TIME = Order((ForceShift.starts_at, ForceShift.id), (instant, int))


def models(city: City) -> CentreModelsView:
    """The models that a street may choose from, by name."""
    known = sorted(city.centres.values(), key=lambda model: model.name)
    return CentreModelsView(items=[CentreModelView.model_validate(model) for model in known])


def roster(reading: RosterReading, at: datetime) -> RosterView:
    """A centre at an instant: its people then, seat by seat, and who was on duty."""
    force = reading.session.get(Force, reading.street.code)
    members = members_at(reading.session, reading.street.code, at)
    whole = reading.home is None
    model = reading.city.centres.get((force.model if force else None) or "")
    shown = [member for member in members if whole or member.office_code == reading.home]
    duty = present_at(reading.session, [member.id for member in shown], at)
    return RosterView(
        street_code=reading.street.code,
        street_name=reading.street.name,
        at=at,
        model=force.model if force else None,
        version=force.version if force else 0,
        whole=whole,
        seats=seats(model, reading.street, members) if whole and model else [],
        members=[view(reading.city, member, duty) for member in shown],
    )


def centres(
    session: Session, city: City, streets: Sequence[OfficeEntry], at: datetime
) -> CentresView:
    """The centres of these streets in figures, in order of code; also where there is no roster."""
    codes = [street.code for street in streets]
    models = {
        force.street_code: force.model
        for force in session.scalars(select(Force).where(Force.street_code.in_(codes)))
    }
    people: dict[str, list[ForceMember]] = {code: [] for code in codes}
    present = select(ForceMember).where(ForceMember.street_code.in_(codes), there(at))
    for member in session.scalars(present.order_by(ForceMember.id)):
        people[member.street_code].append(member)
    duty = present_at(session, [m.id for members in people.values() for m in members], at)
    return CentresView(
        items=[
            centre(
                street, city.centres.get(models.get(street.code) or ""), people[street.code], duty
            )
            for street in sorted(streets, key=lambda street: street.code)
        ]
    )


def centre(
    street: OfficeEntry,
    model: CentreModel | None,
    members: Sequence[ForceMember],
    duty: Collection[int],
) -> CentreView:
    kinds = Counter(member.kind for member in members)
    return CentreView(
        street_code=street.code,
        street_name=street.name,
        district_code=street.district_code or "",
        model=model.name if model else None,
        core=kinds[ForceKind.CORE],
        posted=kinds[ForceKind.POSTED],
        on_call=kinds[ForceKind.ON_CALL],
        on_duty=sum(member.id in duty for member in members),
        lacking=sum(seat.lacking for seat in seats(model, street, members)) if model else 0,
    )


def members_at(session: Session, street_code: str, at: datetime) -> Sequence[ForceMember]:
    """The people of a roster at an instant, the first to join first."""
    members = select(ForceMember).where(ForceMember.street_code == street_code, there(at))
    return session.scalars(members.order_by(ForceMember.id)).all()


def there(at: datetime) -> sa.ColumnElement[bool]:
    left = or_(ForceMember.left_at.is_(None), ForceMember.left_at > at)
    return sa.and_(ForceMember.joined_at <= at, left)


def present_at(session: Session, members: Collection[int], at: datetime) -> frozenset[int]:
    """Those of the members who are on duty at an instant; a shift counts up to its cancelling."""
    ends = sa.func.least(ForceShift.ends_at, ForceShift.cancelled_at)
    shifts = select(ForceShift.member_id, ForceShift.starts_at, ends).where(
        ForceShift.member_id.in_(members), ForceShift.starts_at <= at, ForceShift.ends_at > at
    )
    return on_duty((Shift(*row) for row in session.execute(shifts)), at)


def view(city: City, member: ForceMember, duty: Collection[int]) -> MemberView:
    return MemberView(
        id=member.id,
        street_code=member.street_code,
        office_code=member.office_code,
        office_name=city.offices[member.office_code].name,
        kind=member.kind,
        seat=member.seat,
        name=member.name,
        phone=masked_phone(member.phone) or "",
        duty=member.duty,
        joined_at=member.joined_at,
        left_at=member.left_at,
        on_duty=member.id in duty,
    )


def seats(
    model: CentreModel, street: OfficeEntry, members: Sequence[ForceMember]
) -> list[SeatView]:
    seated = seating(model, street, [person_of(member) for member in members])
    return [
        SeatView(
            code=seat.code,
            name=seat.name,
            kind=seat.kind,
            offices=list(seat.offices_of(street.code, street.district_code or "")),
            least=seat.least,
            most=seat.most,
            members=[person.id for person in seated[seat.code] if person.id],
            lacking=max(seat.least - len(seated[seat.code]), 0),
        )
        for seat in model.seats
    ]


def person_of(member: ForceMember) -> Person:
    return Person(
        office_code=member.office_code,
        name=member.name,
        phone=member.phone,
        kind=member.kind,
        seat=member.seat,
        id=member.id,
    )


def sent_by(
    home: HomeReading, limit: int, cursor: str | None
) -> tuple[list[MemberView], str | None]:
    """An office's own people in the city's rosters now, and the cursor of the next page."""
    theirs = (ForceMember.office_code == home.office_code, there(home.now))
    query = select(ForceMember).where(*theirs)
    members, more = IN_ORDER.page(home.session, query, cursor, limit)
    duty = present_at(home.session, [member.id for member in members], home.now)
    return [view(home.city, member, duty) for member in members], more


def events(
    reading: RosterReading, limit: int, cursor: str | None
) -> tuple[list[ForceEventView], str | None]:
    """The history of a roster, or of an office's own people in it, in order."""
    query = select(ForceEvent).where(ForceEvent.street_code == reading.street.code)
    if reading.home is not None:
        theirs = select(ForceMember.id).where(ForceMember.office_code == reading.home)
        query = query.where(ForceEvent.member_id.in_(theirs))
    rows, more = RISING.page(reading.session, query, cursor, limit)
    spoken = select(ForceStatement.seq, ForceStatement.words).where(
        ForceStatement.street_code == reading.street.code,
        ForceStatement.seq.in_([row.seq for row in rows]),
    )
    words = {seq: masked(said_words) for seq, said_words in reading.session.execute(spoken)}
    return [event_view(row, words.get(row.seq)) for row in rows], more


def masked(words: object) -> object:
    """The words of an event, every telephone in them masked."""
    if not isinstance(words, dict):
        return words
    return {
        name: masked_phone(value) if name == "phone" else masked(value)
        for name, value in words.items()
    }


def event_view(event: ForceEvent, words: object) -> ForceEventView:
    return ForceEventView(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        role=event.role,
        office_code=event.office_code,
        action=event.action,
        member_id=event.member_id,
        data=event.data,
        words=words if isinstance(words, dict) else None,
    )


def shifts(
    reading: RosterReading, span: tuple[datetime, datetime], limit: int, cursor: str | None
) -> tuple[Sequence[ForceShift], str | None]:
    """The shifts that touch a span, from its first instant up to, without, its last, by their
    beginning."""
    first, last = span
    query = select(ForceShift).where(
        ForceShift.street_code == reading.street.code,
        ForceShift.starts_at < last,
        ForceShift.ends_at > first,
    )
    if reading.home is not None:
        theirs = select(ForceMember.id).where(ForceMember.office_code == reading.home)
        query = query.where(ForceShift.member_id.in_(theirs))
    return BY_TIME.page(reading.session, query, cursor, limit)


def posted_offices(session: Session, street_code: str, at: datetime) -> frozenset[str]:
    """The offices with a posted person in a street's centre at an instant."""
    members = members_at(session, street_code, at)
    return frozenset(m.office_code for m in members if m.kind is ForceKind.POSTED)
