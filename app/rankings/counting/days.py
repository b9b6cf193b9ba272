"""A period counted day by day: sums of finished days are kept, other days are counted.

A kept day is no counter: it is counted from its rows. Triggers on these rows mark a day as changed;
a marked day is counted from its rows until the sweep counts it again (`keep_days`). Kept days,
marks and rows are read in one snapshot.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from operator import add
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from app.kit.db import Base, Code
from app.kit.ready import Ready, parameter
from app.kit.workdays import ONE_DAY, day_of, midnight
from app.offices.directory import STREET_KINDS
from app.offices.models import Office
from app.period import Period


class TalliedDay(Base):
    """The numbers of one day's rows of a table, by one of its columns and under one rule."""

    __tablename__ = "tallied_day"

    source: Mapped[Code] = mapped_column(primary_key=True)
    """The table."""
    day: Mapped[date] = mapped_column(primary_key=True)
    """In Beijing."""
    counted_by: Mapped[Code] = mapped_column(primary_key=True)
    """The column."""
    rule: Mapped[Code]
    """The hash of what decides how a row counts."""
    counted_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ChangedDay(Base):
    """That a row of that day came, went or moved; written beside one another, so that no writer
    waits for another's."""

    __tablename__ = "changed_day"

    source: Mapped[Code] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    counted_by: Mapped[Code] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)


Part = sa.ColumnElement[bool]

Bound = datetime | sa.ColumnElement[datetime]

Parts = Sequence[Part]

Values = Mapping[str, Any]

INSTANT = sa.DateTime(timezone=True)
BEGINS, ENDS = parameter("begins", INSTANT), parameter("ends", INSTANT)
MIDDLE = parameter("middle", sa.Text)


@contextmanager
def in_order(session: Session) -> Iterator[None]:
    """The planner counts in the order of an index."""
    plan(session, "off")
    yield
    plan(session, "DEFAULT")


def plan(session: Session, value: str) -> None:
    ways = ("enable_hashagg", "enable_sort")
    session.connection().exec_driver_sql("; ".join(f"SET LOCAL {way} = {value}" for way in ways))


STREETS = select(func.percentile_disc(0.5).within_group(Office.code).label("code"))
MIDDLE_STREET = Ready(STREETS.where(Office.kind.in_(sorted(STREET_KINDS))))
"""The street that as many others stand before as after. Any other would do, only slower."""

Numbers = dict[str, list[int]]
"""What the rows of each owner add up to: the same sums for everyone, in one order."""

WATCHED = {
    "assessment": frozenset({"office_code", "industry_office", "category", "goals"}),
    "ticket": frozenset({"street_code", "district_code", "office_code", "category", "goals"}),
}
"""The columns by which days may be kept: of these the triggers know. Goals are of a street and a
category together."""

HOLES = 7
"""So many days counted apart take as long as a whole month in the order of its index."""


@lru_cache(maxsize=256)
def between(at: sa.SQLColumnExpression[Any], begins: Bound, ends: Bound) -> Part:
    """In [begins, ends). Made once for a span, and so are the statements in which it stands: to
    make one takes longer than its answer."""
    return (at >= begins) & (at < ends)


@cache
def of_span(at: sa.SQLColumnExpression[Any]) -> Part:
    """In a span that is given when the statement is sent."""
    return between(at, BEGINS, ENDS)


@cache
def halves(at: sa.SQLColumnExpression[Any], column: sa.ColumnElement[str]) -> Parts:
    """The same in two parts, by a column."""
    return of_span(at) & (column < MIDDLE), of_span(at) & (column >= MIDDLE)


@dataclass(frozen=True, slots=True)
class Count:
    """How the rows of a table are counted, as it stands now, by one of its columns."""

    at: InstrumentedAttribute[datetime]
    """The instant by which a row belongs to a day."""
    by: str
    rule: object
    """All else that decides how a row counts; of days counted by another rule nothing is taken."""
    numbers: Callable[[Parts, Values], Numbers]
    """Counts the rows of some parts, no two of which have rows of one owner; with the values of
    these parts' parameters."""
    order: sa.ColumnElement[str] | None = None
    """The column in whose order an index has all that is counted, if one has."""

    @property
    def source(self) -> str:
        return str(self.at.class_.__tablename__)

    @property
    def digest(self) -> str:
        return sha256(repr(self.rule).encode()).hexdigest()

    def within(self, begins: datetime, ends: datetime) -> Numbers:
        return self.numbers([of_span(self.at)], {"begins": begins, "ends": ends})

    def of_day(self, day: date) -> Numbers:
        return self.within(midnight(day), midnight(day + ONE_DAY))


def counted(session: Session, period: Period, count: Count) -> Numbers:
    kept = kept_days(session, period, count)
    if kept and holes(period, kept) <= HOLES:
        sums = dict(together(tuple(kept.values())))
        for begins, ends in gaps(period, kept):
            put(sums, count.within(begins, ends))
        return sums
    if count.order is None:
        return count.within(period.starts_at, period.ends_at)
    [middle] = MIDDLE_STREET.rows(session.connection())
    span = {"begins": period.starts_at, "ends": period.ends_at, "middle": middle.code or ""}
    with in_order(session):
        return count.numbers(halves(count.at, count.order), span)


@lru_cache(maxsize=32)
def together(bodies: tuple[bytes, ...]) -> Numbers:
    """The sums of kept days; of the same days they are added up once."""
    sums: Numbers = {}
    for body in bodies:
        put(sums, msgspec.json.decode(body, type=Numbers))
    return sums


def kept_days(session: Session, period: Period, count: Count) -> dict[date, bytes]:
    """The kept days of a period that are not marked as changed."""
    if count.by not in WATCHED[count.source]:
        return {}
    asked = {
        "source": count.source,
        "counted_by": count.by,
        "rule": count.digest,
        "begins": day_of(period.starts_at),
        "ends": day_of(period.ends_at),
    }
    return dict(KEPT.rows(session.connection(), **asked))


def changed() -> Part:
    """That a row of a kept day came, went or moved since it was counted."""
    names = ("source", "day", "counted_by")
    same = (getattr(ChangedDay, name) == getattr(TalliedDay, name) for name in names)
    return sa.exists().where(*same)


KEPT = Ready(
    select(TalliedDay.day, TalliedDay.body).where(
        TalliedDay.source == parameter("source", sa.Text),
        TalliedDay.counted_by == parameter("counted_by", sa.Text),
        TalliedDay.rule == parameter("rule", sa.Text),
        TalliedDay.day >= parameter("begins", sa.Date),
        TalliedDay.day < parameter("ends", sa.Date),
        ~changed(),
    )
)


def holes(period: Period, kept: Collection[date]) -> int:
    """How many days before the last kept one are to be counted."""
    return (max(kept) - day_of(period.starts_at)).days + 1 - len(kept)


def gaps(period: Period, kept: Iterable[date]) -> Iterator[tuple[datetime, datetime]]:
    """The spans of a period without kept days."""
    begins = period.starts_at
    for day in sorted(kept):
        if begins < midnight(day):
            yield begins, midnight(day)
        begins = midnight(day + ONE_DAY)
    if begins < period.ends_at:
        yield begins, period.ends_at


def put(sums: Numbers, more: Numbers) -> None:
    """Adds some owners' numbers to those there are."""
    for owner, numbers in more.items():
        had = sums.get(owner)
        sums[owner] = list(map(add, had, numbers)) if had else numbers
