"""Finished days of the open months: their sums are kept, so that rankings need not count them.

A writer shares the slot of a day until its commit (by triggers), the counter holds it alone, and a
day with a taken slot waits for the next sweep. So a change is either in the sums or marks the day.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.city import City
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.workdays import ONE_DAY, day_of
from app.offices.catalogue import Catalogue
from app.period import Period, Periods
from app.rankings.counting import assessments, goals, volumes
from app.rankings.counting.days import ChangedDay, Count, TalliedDay, changed
from app.rankings.counting.record import Record
from app.rankings.leagues import PLANS
from app.rankings.models import Seal

AT_ONCE = 12
"""Days, each by one column: less than a second's work between two sweeps."""
PAUSE = timedelta(minutes=1)
"""A day that changes all the time is not counted all the time."""


class Day(NamedTuple):
    """A day of a table, counted by a column."""

    source: str
    day: date
    counted_by: str

    def of(self, table: type[TalliedDay] | type[ChangedDay]) -> tuple[sa.ColumnElement[bool], ...]:
        return tuple(getattr(table, name) == value for name, value in self._asdict().items())


class State(NamedTuple):
    """By which rule a day was counted and when, and whether it changed since."""

    rule: str
    counted_at: datetime
    changed: bool


def keep(sessions: Sessions, city: City, clock: Clock) -> int:
    """Counts some of the finished days that are not kept or changed since; how many it did."""
    now = clock()
    with sessions.begin() as session:
        periods = open_periods(session, city.periods, now)
        forget(session, periods)
        wanted = list(islice(due(session, city.catalogue, periods, now), AT_ONCE))
    return sum(keep_day(sessions, city.catalogue, (period, day), now) for period, day in wanted)


def open_periods(session: Session, periods: Periods, now: datetime) -> list[Period]:
    """The present one and the one before, which it is compared with, as far as they are not
    sealed."""
    present = periods.of(now)
    sealed = set(session.scalars(select(Seal.period)))
    return [period for period in (present, periods.previous(present)) if period.name not in sealed]


def forget(session: Session, periods: list[Period]) -> None:
    first = min((day_of(period.starts_at) for period in periods), default=date.max)
    session.execute(delete(TalliedDay).where(TalliedDay.day < first))


def due(
    session: Session, catalogue: Catalogue, periods: list[Period], now: datetime
) -> Iterator[tuple[Period, Day]]:
    """The newest day first: the days not yet kept stay one span."""
    known = states(session)
    for period in periods:
        rules = {(c.source, c.by): c.digest for c in counts(Record(session, period), catalogue)}
        for day in finished(period, now):
            for (source, by), rule in rules.items():
                counted_day = Day(source, day, by)
                if is_due(known.get(counted_day), rule, now):
                    yield period, counted_day


def states(session: Session, *where: sa.ColumnElement[bool]) -> Mapping[Day, State]:
    names = (TalliedDay.source, TalliedDay.day, TalliedDay.counted_by)
    query = select(*names, TalliedDay.rule, TalliedDay.counted_at, changed()).where(*where)
    return {Day(*row[:3]): State(*row[3:]) for row in session.execute(query)}


def is_due(known: State | None, rule: str, now: datetime) -> bool:
    if known is None or known.rule != rule:
        return True
    return known.changed and known.counted_at <= now - PAUSE


def finished(period: Period, now: datetime) -> Iterator[date]:
    day = day_of(min(period.ends_at, now)) - ONE_DAY
    while day >= day_of(period.starts_at):
        yield day
        day -= ONE_DAY


def counts(record: Record, catalogue: Catalogue) -> Iterator[Count]:
    """All that some league, the goals and the kinds of matter count of a period."""
    for by in sorted({"category", *(plan.assessed_by for plan in PLANS.values())}):
        yield assessments.alone(record, by)
    lead = record.period.policy.volume.by == "lead"
    for by in sorted({plan.led_by if lead else plan.located_by for plan in PLANS.values()}):
        yield volumes.accepted_by(record, by)
    served = goals.together(catalogue)
    yield goals.assessed_by(record, served)
    yield goals.received_by(record, served)


def keep_day(
    sessions: Sessions, catalogue: Catalogue, of: tuple[Period, Day], now: datetime
) -> bool:
    """Whether the day was counted: not while a writer changes it or another sweep counts it.

    Each statement after the lock sees all commits before it.
    """
    period, day = of
    with sessions.begin() as session:
        session.connection(execution_options={"isolation_level": "READ COMMITTED"})
        if not session.scalar(select(alone_with(day))):
            return False
        count = count_of(Record(session, period), catalogue, day)
        if not is_due(states(session, *day.of(TalliedDay)).get(day), count.digest, now):
            return False
        assessments.plan_anew(session)
        write(session, day, count, now)
        return True


def alone_with(day: Day) -> sa.ColumnElement[bool]:
    slot = func.day_slot(day.day)
    return func.pg_try_advisory_xact_lock(func.hashtext(day.source), slot)


def write(session: Session, day: Day, count: Count, now: datetime) -> None:
    body = msgspec.json.encode(count.of_day(day.day))
    for table in (TalliedDay, ChangedDay):
        session.execute(delete(table).where(*day.of(table)))
    session.add(TalliedDay(**day._asdict(), rule=count.digest, counted_at=now, body=body))


def count_of(record: Record, catalogue: Catalogue, day: Day) -> Count:
    every = counts(record, catalogue)
    (count,) = (c for c in every if (c.source, c.by) == (day.source, day.counted_by))
    return count
