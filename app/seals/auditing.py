"""The whole record audited, sealed or not: `jiesu audit verify`."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment
from app.city import City
from app.kit.workdays import day_of
from app.period import Period, Periods
from app.rankings.counting.record import Record
from app.seals import sources
from app.seals.audit import days, evaluations, rosters, whistles
from app.seals.audit import service as audit
from app.seals.audit.faults import Fault, Kind
from app.seals.contradictions import Deriving


def whole(session: Session, city: City) -> Iterator[Fault]:
    """Each ticket's and whistle's events by their links, each row by its events, each assessment
    made again, each day by its hash, and the rosters and evaluations of streets."""
    yield from audit.of_tickets(session, city, audit.numbers_of_all(session))
    yield from audit.lost(session)
    yield from whistles.of_whistles(session)
    yield from days.faults(session)
    yield from rosters.faults(session)
    yield from evaluations.faults(session)
    for period in assessed(session, city.periods):
        derived = Deriving(Record(session, period))
        for _ in derived.passing(sources.facts(derived.record)):
            pass
        for false in derived.contradicted:
            yield Fault(fault=Kind.WRONG_ROW, number=false.number, table="assessment")


def assessed(session: Session, periods: Periods) -> Iterator[Period]:
    at = Assessment.assessed_at
    first, last = session.execute(sa.select(sa.func.min(at), sa.func.max(at))).one()
    if first:
        yield from periods.between(first, last)


def of_period(session: Session, city: City, period: Period) -> Iterator[Fault]:
    """Of the tickets that came or were assessed in a period, and of its days."""
    first, last = day_of(period.starts_at), day_of(period.ends_at)
    numbers = audit.numbers_of(session, period.starts_at, period.ends_at)
    yield from audit.of_tickets(session, city, numbers)
    yield from audit.lost(session, f"BJ{first:%Y%m%d}", f"BJ{last:%Y%m%d}")
    yield from days.faults(session, first, last)
