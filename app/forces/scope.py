"""Who sees which roster, and whose it is to change: decided here only.

A street sees its roster whole, so do its district and the auditor; a home office sees its own
people, and an office that has none there knows nothing of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import HANDLERS, Caller, Role
from app.city import City
from app.forces.models import ForceMember
from app.kit.errors import NotFound
from app.kit.messages import Message
from app.offices.directory import STREET_KINDS, OfficeEntry

READERS = HANDLERS | {Role.DISTRICT, Role.AUDITOR}


class NoSuchRoster(NotFound):
    title = "There is no such roster here"


@dataclass
class RosterReading:
    """A reading of a street's roster. `home` is the office whose people alone are shown."""

    session: Session
    city: City
    street: OfficeEntry
    caller: Caller
    now: datetime
    home: str | None = None


@dataclass
class HomeReading:
    """An office's reading of its own people, wherever they are posted."""

    session: Session
    city: City
    office_code: str
    now: datetime


def read(session: Session, city: City, caller: Caller, code: str, now: datetime) -> RosterReading:
    """Refuses (NoSuchRoster) an office that is no street, and one that is not the caller's to know
    of."""
    street = street_of(city, code)
    reading = RosterReading(session, city, street, caller, now)
    if sees_whole(caller, street):
        return reading
    reading.home = caller.office_code
    theirs = select(ForceMember.id).where(
        ForceMember.street_code == code, ForceMember.office_code == reading.home
    )
    if caller.role not in HANDLERS or session.scalar(theirs.limit(1)) is None:
        raise NoSuchRoster(Message("no roster of {code}", code=code))
    return reading


def street_of(city: City, code: str) -> OfficeEntry:
    street = city.offices.get(code)
    if street is None or street.kind not in STREET_KINDS:
        raise NoSuchRoster(Message("no roster of {code}", code=code))
    return street


def sees_whole(caller: Caller, street: OfficeEntry) -> bool:
    if caller.role is Role.AUDITOR:
        return True
    own = street.district_code if caller.role is Role.DISTRICT else street.code
    return caller.office_code == own


def own_street(city: City, caller: Caller, code: str) -> OfficeEntry:
    """The street whose roster a caller may change: his own. Refuses NoSuchRoster."""
    street = street_of(city, code)
    if caller.office_code != street.code:
        raise NoSuchRoster(Message("no roster of {code} is yours to change", code=code))
    return street
