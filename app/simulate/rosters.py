"""Standing forces of the imagined streets: a centre is made up when its street first whistles, and
some of its people are on duty at each whistle. Names and numbers are nobody's."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from app.access.roles import Role
from app.city import City
from app.duties.centres import CentreModel, Seat
from app.forces import days, members
from app.forces.recording import RosterChange, locked
from app.forces.schemas import NewMember, NewMembers, NewModel, NewShift, NewShifts
from app.kit.errors import Conflict
from app.kit.workdays import day_of
from app.offices.directory import OfficeEntry
from app.simulate.life import HOUR
from app.simulate.whistle_life import person

ON_DUTY = 3
SHIFT = 12 * HOUR
SURNAMES = "王李张刘陈杨赵黄周吴"


def on_duty(session: Session, city: City, street: OfficeEntry, now: datetime) -> None:
    """The centre, made up if it is new, has a shift from now on."""
    caller = person(Role.CHIEF, street.code, street.district_code)
    change = RosterChange(session, city, street, locked(session, street.code), caller, now)
    if change.force.model is None:
        make_up(change)
    there = [member.id for member in change.present()][:ON_DUTY]
    shifts = [NewShift(member_id=number, starts_at=now, ends_at=now + SHIFT) for number in there]
    if shifts:
        with suppress(Conflict):  # they are on duty already
            days.plan(change, NewShifts(shifts=shifts))


def make_up(change: RosterChange) -> None:
    chance = Random(change.street.code)
    name = chance.choice(sorted(change.city.centres))
    members.set_model(change, NewModel(model=name))
    people = list(crew(change, change.city.centres[name], chance))
    if people:
        members.add(change, NewMembers(members=people))
    change.session.flush()


def crew(change: RosterChange, model: CentreModel, chance: Random) -> Iterator[NewMember]:
    """As many in each seat as it needs at least, of an office that is open."""
    for seat in model.seats:
        office = office_of(change, seat)
        for place in range(seat.least if office else 0):
            yield NewMember(
                office_code=office or "",
                kind=seat.kind,
                name=f"{chance.choice(SURNAMES)}{seat.name[:2]}{place + 1}",
                phone=f"010-8{chance.randint(1_000_000, 9_999_999)}",
                duty=f"{seat.name}队员",
                seat=seat.code,
            )


def office_of(change: RosterChange, seat: Seat) -> str | None:
    street = change.street
    for code in seat.offices_of(street.code, street.district_code or ""):
        office = change.city.offices.get(code)
        if office and office.active(day_of(change.now)):
            return code
    return None
