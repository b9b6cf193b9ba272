"""Reporting in on the spot with a one-time code: the code is the right, and names the whistle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.city import City
from app.kit.clock import Clock
from app.tickets import personal
from app.whistles import persons
from app.whistles.acts import codes, reporting
from app.whistles.acts.acting import Step, named
from app.whistles.acts.forms import ReportIn
from app.whistles.acts.locking import summonses_of
from app.whistles.life import permission
from app.whistles.life.loop import WhistleAction
from app.whistles.models import Whistle
from app.whistles.standing import standing_of, summons_standing


class Awaited(NamedTuple):
    """A whistle as its page shows it, and the offices that may report in now, by code and name."""

    number: str
    matter: str
    meeting_point: str
    offices: list[tuple[str, str]]


@dataclass
class Place:
    """The transaction, the city and the clock of a report-in without a key."""

    session: Session
    city: City
    clock: Clock


def awaited(session: Session, city: City, code: str, now: datetime) -> Awaited:
    """Refuses CodeUnknown, CodeUsed and CodeExpired."""
    kept = codes.known(session, city.secret, code)
    codes.check_good(kept, now)
    whistle = session.get_one(Whistle, kept.whistle_number)
    offices = list(to_come(session, city, whistle, now))
    names = persons.names(session, city.cipher, [whistle.number]).get(whistle.number, [])
    matter = personal.hide(whistle.matter, *names)
    return Awaited(whistle.number, matter, personal.hide(whistle.meeting_point, *names), offices)


def to_come(
    session: Session, city: City, whistle: Whistle, now: datetime
) -> Iterator[tuple[str, str]]:
    summonses = summonses_of(session, whistle.number)
    standing = standing_of(whistle, summonses, now)
    for summons in summonses:
        if permission.is_summons_open(standing, summons_standing(summons), WhistleAction.REPORT_IN):
            office = city.offices.get(summons.office_code)
            yield summons.office_code, office.name if office else summons.office_code


def report(place: Place, office_code: str, body: ReportIn) -> None:
    """As `report-in` with a key; the event's actor is the code, by its public half. Refuses
    CodeUnknown, CodeUsed, CodeExpired and what `report-in` refuses."""
    assert body.code is not None  # the path names it
    kept = codes.known(place.session, place.city.secret, body.code)
    nonce, _, _ = body.code.partition("-")
    caller = Caller(f"code {nonce}", Role.HANDLER, office_code)
    step = Step(WhistleAction.REPORT_IN, caller, kept.whistle_number, office_code)
    step.take(
        place,
        lambda change, of: reporting.report_in(change, named(of), body),
        lambda change, of: reporting.check_report(change, named(of), body),
    )
