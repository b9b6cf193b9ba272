"""Keeping what finished days of the open months add up to, so that rankings need not count them.

A day is counted while nobody changes it: who does holds its slot until he has committed (the
triggers see to that), and a day whose slot is taken is left for the next time. So whatever is not
in the numbers comes after them, and marks them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.workdays import ONE_DAY, day_of
from app.period import Period, Periods
from app.rankings import facts, volumes
from app.rankings.day_models import ChangedDay, TalliedDay
from app.rankings.days import Count, changed, of_count
from app.rankings.facts import Record
from app.rankings.leagues import PLANS
from app.rankings.models import Seal
from app.tickets.desk import Desk

AT_ONCE = 12
"""Days by one column: less than a second's work, between two sweeps."""
REST = timedelta(minutes=1)
"""A day that changes all the time is not counted all the time."""


class Kept(NamedTuple):
    rule: str
    counted_at: datetime
    changed: bool

    def due(self, count: Count, now: datetime) -> bool:
        return self.rule != count.digest or (self.changed and self.counted_at <= now - REST)


def keep(sessions: Sessions, desk: Desk, clock: Clock) -> int:
    """Counts some of the finished days that nobody has counted, or that changed since; how many."""
    now = clock()
    with sessions.begin() as session:
        periods = open_periods(session, desk, now)
        forget(session, periods)
        wanted = list(islice(due(session, periods, now), AT_ONCE))
    return sum(keep_day(sessions, *one, now) for one in wanted)


def open_periods(session: Session, desk: Desk, now: datetime) -> list[Period]:
    """The present one and the one before, which it is compared with, unless they are sealed."""
    periods = Periods(desk.policies)
    present = periods.of(now)
    sealed = set(session.scalars(select(Seal.period)))
    return [one for one in (present, periods.previous(present)) if one.name not in sealed]


def forget(session: Session, periods: list[Period]) -> None:
    first = min((day_of(period.starts_at) for period in periods), default=date.max)
    session.execute(delete(TalliedDay).where(TalliedDay.day < first))


def due(
    session: Session, periods: list[Period], now: datetime
) -> Iterator[tuple[Period, str, str, date]]:
    """The newest days first, so that what is left to count is one stretch."""
    query = select(TalliedDay, sa.exists(select(1).where(changed())))
    raise NotImplementedError(query)
