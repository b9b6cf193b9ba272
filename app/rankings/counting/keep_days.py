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
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.city import City
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.ready import Ready, parameter
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
ASSESSMENT, TICKET = "assessment", "ticket"
"""The tables whose days are kept."""
PAUSE = timedelta(minutes=1)
"""A day that changes all the time is not counted all the time."""


class Day(NamedTuple):
    """A day of a table, counted by a column."""

    source: str
    day: date
    counted_by: str


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


KEPT = (TalliedDay.source, TalliedDay.day, TalliedDay.counted_by)
STATES = select(*KEPT, TalliedDay.rule, TalliedDay.counted_at, changed())


def states(session: Session) -> Mapping[Day, State]:
    return {Day(*row[:3]): State(*row[3:]) for row in session.execute(STATES)}


PARAMETERS = {
    "source": parameter("source", sa.Text),
    "day": parameter("day", sa.Date),
    "counted_by": parameter("counted_by", sa.Text),
}


def is_day(table: type[TalliedDay] | type[ChangedDay]) -> Iterator[sa.ColumnElement[bool]]:
    return (getattr(table, name) == value for name, value in PARAMETERS.items())


STATE = Ready(STATES.where(*is_day(TalliedDay)))


def state(session: Session, day: Day) -> State | None:
    rows = STATE.rows(session.connection(), **day._asdict())
    return next((State(*row[3:]) for row in rows), None)


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
    for by in sorted({"category", goals.GOALS, *(plan.assessed_by for plan in PLANS.values())}):
        yield count_of(record, catalogue, ASSESSMENT, by)
    lead = record.period.policy.volume.by == "lead"
    columns = {plan.led_by if lead else plan.located_by for plan in PLANS.values()}
    for by in sorted({goals.GOALS, *columns}):
        yield count_of(record, catalogue, TICKET, by)


def count_of(record: Record, catalogue: Catalogue, source: str, by: str) -> Count:
    if by == goals.GOALS:
        count_by_goals = goals.assessed_by if source == ASSESSMENT else goals.received_by
        return count_by_goals(record, goals.together(catalogue))
    count_by_column = assessments.alone if source == ASSESSMENT else volumes.accepted_by
    return count_by_column(record, by)


def keep_day(
    sessions: Sessions, catalogue: Catalogue, of: tuple[Period, Day], now: datetime
) -> bool:
    """Whether the day was counted: not while a writer changes it or another sweep counts it.

    Each statement after the lock sees all commits before it.
    """
    period, day = of
    with sessions.begin() as session:
        session.connection(execution_options={"isolation_level": "READ COMMITTED"})
        if not is_alone_with(session, day):
            return False
        count = count_of(Record(session, period), catalogue, day.source, day.counted_by)
        if not is_due(state(session, day), count.digest, now):
            return False
        assessments.plan_anew(session)
        write(session, day, count, now)
        return True


LOCK = Ready(
    select(
        func.pg_try_advisory_xact_lock(
            func.hashtext(PARAMETERS["source"]), func.day_slot(PARAMETERS["day"])
        ).label("alone")
    )
)


def is_alone_with(session: Session, day: Day) -> bool:
    """Whether no writer changes the day, and no other sweep counts it, until this transaction
    ends."""
    rows = LOCK.rows(session.connection(), source=day.source, day=day.day)
    return all(row.alone for row in rows)


NUMBERS = {
    "rule": parameter("rule", sa.Text),
    "counted_at": parameter("counted_at", sa.DateTime(timezone=True)),
    "body": parameter("body", sa.LargeBinary),
}
INSERTED = insert(TalliedDay).from_select(
    [*PARAMETERS, *NUMBERS], select(*PARAMETERS.values(), *NUMBERS.values())
)
WRITE = Ready(
    INSERTED.on_conflict_do_update(
        index_elements=list(PARAMETERS), set_={name: INSERTED.excluded[name] for name in NUMBERS}
    ).add_cte(delete(ChangedDay).where(*is_day(ChangedDay)).cte("unmarked"))
)


def write(session: Session, day: Day, count: Count, now: datetime) -> None:
    body = msgspec.json.encode(count.of_day(day.day))
    counted_day = {**day._asdict(), "rule": count.digest, "counted_at": now, "body": body}
    WRITE.given(**counted_day).run(session.connection())
