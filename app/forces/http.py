"""Rosters over HTTP: the caller, the street that he may read or change, and each act's order."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, BeforeValidator

from app import codes
from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.city import AtCity
from app.forces import recording, scope, service
from app.forces.models import ForceMember
from app.forces.recording import NoSuchMember, RosterChange
from app.forces.schemas import RosterView
from app.forces.scope import HomeReading, RosterReading
from app.kit.clock import Now
from app.kit.db import Reading
from app.kit.errors import Conflict
from app.kit.messages import Message
from app.kit.web.etag import IfMatch, Versions
from app.kit.web.wire import DISTRICT, Told
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.offices.service import NoSuchOffice
from app.tickets.acts.acting import Changing, Doing
from app.tickets.disclosure import NO_STORE

R = TypeVar("R")
WEEK = timedelta(days=7)


class StreetClosed(Conflict):
    title = "This street no longer works"


def day(text: object) -> object:
    """Refuses seconds since 1970, which pydantic would take for a day."""
    if not isinstance(text, str) or not re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(Message("is no day such as 2026-11-20"))
    return text


def month(text: str) -> str:
    if not re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise ValueError(Message("is no month such as 2026-11"))
    return text


Day = Annotated[date, Path(description="A day in Beijing"), BeforeValidator(day)]
Month = Annotated[str, Path(description="A month such as 2026-11"), AfterValidator(month)]
At = Annotated[Told | None, Query(description="An instant, now where none is named")]
MemberId = Annotated[int, Path(ge=1, lt=2**63)]


def seen(
    code: str,
    caller: Annotated[Caller, Depends(allow(scope.READERS))],
    session: Reading,
    city: AtCity,
    now: Now,
) -> RosterReading:
    return scope.read(session, city, caller, code, now)


Seen = Annotated[RosterReading, Depends(seen)]


@dataclass
class RosterAct:
    """One act of a street on its roster, once for each Idempotency-Key."""

    caller: Caller
    street: OfficeEntry
    doing: Doing
    if_match: Versions | None

    def take(self, act: Callable[[RosterChange], R]) -> R:
        """Lock the roster, act and flush. Refusals come in this order: those of `act` by form and
        scope, RosterChanged, StreetClosed, those of `act` by state."""
        doing = self.doing
        force = recording.locked(doing.session, self.street.code)
        former = force.version
        now = doing.clock()
        change = RosterChange(doing.session, doing.city, self.street, force, self.caller, now)
        try:
            result = act(change)
        except Conflict:
            recording.check_version(former, self.if_match)
            raise
        recording.check_version(former, self.if_match)
        if not self.street.active(day_of(now)):
            raise StreetClosed(
                Message(
                    "{street} ended on {day}", street=self.street.name, day=self.street.active_to
                )
            )
        doing.session.flush()
        return result

    def once(self, act: Callable[[RosterChange], str], status: int = 200) -> str:
        return self.doing.once(lambda: self.take(act), status)

    def done(self, act: Callable[[RosterChange], None], status: int = 200) -> RosterReading:
        """Take the act once; a reading of the roster as it then is."""

        def take(change: RosterChange) -> str:
            act(change)
            return self.street.code

        self.once(take, status)
        doing = self.doing
        doing.response.headers.update(NO_STORE)
        return RosterReading(doing.session, doing.city, self.street, self.caller, doing.clock())

    def show(self, act: Callable[[RosterChange], None], status: int = 200) -> RosterView:
        """Take the act once, and show the roster with its ETag."""
        reading = self.done(act, status)
        view = service.roster(reading, reading.now)
        self.doing.response.headers["ETag"] = f'"{view.version}"'
        return view


def acting(roles: Iterable[Role]) -> Any:
    """Dependency: an act on the roster of the path. Refuses WrongRole, then NoSuchRoster."""

    def act(
        code: str,
        caller: Annotated[Caller, Depends(allow(roles))],
        doing: Changing,
        if_match: IfMatch,
    ) -> RosterAct:
        with doing.once.remembered():
            street = scope.own_street(doing.city, caller, code)
        return RosterAct(caller, street, doing, if_match)

    return Depends(act)


@dataclass
class Reveal(RosterAct):
    """A look at a telephone by who may read the roster; a home office's at its own people's."""

    home: str | None = None

    def member(self, change: RosterChange, member_id: int) -> ForceMember:
        member = change.member(member_id)
        if self.home not in (None, member.office_code):
            raise NoSuchMember(Message("no member {member_id}", member_id=member_id))
        return member


def revealing(
    code: str,
    caller: Annotated[Caller, Depends(allow(HANDLERS | {Role.DISTRICT}))],
    doing: Changing,
    if_match: IfMatch,
) -> Reveal:
    reading = scope.read(doing.session, doing.city, caller, code, doing.now)
    return Reveal(caller, reading.street, doing, if_match, reading.home)


Revealing = Annotated[Reveal, Depends(revealing)]


def of_home(
    code: str,
    caller: Annotated[Caller, Depends(allow(HANDLERS | {Role.AUDITOR}))],
    session: Reading,
    city: AtCity,
    now: Now,
) -> HomeReading:
    """Refuses (NoSuchOffice) an office that is not there, or not the caller's own."""
    if code not in city.offices or caller.office_code not in (None, code):
        raise NoSuchOffice(Message("no office has the code {code!r}", code=code))
    return HomeReading(session, city, code, now)


def of_district(
    caller: Annotated[Caller, Depends(allow({Role.DISTRICT, Role.AUDITOR}))],
    city: AtCity,
    now: Now,
    district_code: Annotated[str | None, Query(pattern=DISTRICT)] = None,
) -> list[OfficeEntry]:
    """The streets that work today, of the caller's district, or for the auditor of the one named,
    if any."""
    codes.check_one(city, "district_code", district_code, codes.OF_DISTRICT)
    wanted = {caller.office_code, district_code} - {None}
    return [
        office
        for office in city.offices.values()
        if office.kind in STREET_KINDS
        and office.active(day_of(now))
        and wanted <= {office.district_code}
    ]


OfDistrict = Annotated[list[OfficeEntry], Depends(of_district)]


OfHome = Annotated[HomeReading, Depends(of_home)]


ByChief = Annotated[RosterAct, acting({Role.CHIEF})]
ByStreet = Annotated[RosterAct, acting(HANDLERS)]


def span(
    now: Now,
    since: Annotated[Told | None, Query(description="From this instant, now where none is")] = None,
    until: Annotated[Told | None, Query(description="Up to, without; else a week on")] = None,
) -> tuple[datetime, datetime]:
    first = (since or now).astimezone(UTC)
    return first, until or first + WEEK


Span = Annotated[tuple[datetime, datetime], Depends(span)]
