"""The record of a period, now or as it was known at an instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.callbacks.answers import ExclusionCode
from app.callbacks.models import Assessment, Correction, Exclusion
from app.kit.ready import Ready, parameter
from app.period import Period
from app.rankings.counting.days import BEGINS, INSTANT, Bound, between
from app.rankings.counting.merged import Closed
from app.rankings.leagues import Registry
from app.rankings.models import Seal
from app.rankings.trial import OFFICIAL, Trial

Where = sa.ColumnElement[bool]

FACT = Assessment.__table__.c

AS_OF, KNOWN_BY = parameter("as_of", INSTANT), parameter("known_by", INSTANT)


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a period: now, or as it stood at an instant (`as_of`).

    `late` also admits rows recorded after that instant, up to another one; `trial` are the changes
    of a what-if.
    """

    session: Session
    period: Period
    as_of: datetime | None = None
    late: datetime | None = None
    trial: Trial = OFFICIAL
    registry: Registry | None = None
    """As it was sealed; else the present one counts."""

    def of(self, period: Period) -> "Record":
        return replace(self, period=self.trial.on(period))

    def known(self, recorded_at: InstrumentedAttribute[datetime]) -> Iterator[Where]:
        """That a row was recorded by then, if that matters."""
        if self.known_by:
            yield by_then(recorded_at, self.known_by)

    @property
    def known_by(self) -> datetime | None:
        return self.late or self.as_of

    @property
    def values(self) -> dict[str, datetime | None]:
        """Of the parameters in statements that are made once for all records."""
        period = self.period
        return {
            "begins": period.starts_at,
            "ends": period.ends_at,
            "as_of": self.as_of,
            "known_by": self.known_by,
        }

    def given(self, recorded_at: InstrumentedAttribute[datetime]) -> tuple[Where, ...]:
        """`known` with a parameter."""
        return (by_then(recorded_at, KNOWN_BY),) if self.known_by else ()

    def rows(self, query: Ready) -> Sequence[Any]:
        return query.rows(self.session.connection(), **self.values)

    def closed(self) -> list[Closed]:
        """The periods that were sealed by then, in that order."""
        rows = self.rows(sealed(self.given(Seal.published_at)))
        return [Closed(self.period.periods.named(name), at) for name, at in rows]

    def assessments(self, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
        """Of the period, as far as they were recorded by then."""
        of_period = within(Assessment.assessed_at, self.period)
        query = select(*columns).select_from(Assessment).where(of_period)
        return query.where(*self.known(Assessment.recorded_at))

    def excluded(self, since: datetime | None = None) -> sa.ColumnElement[bool]:
        """Whether an assessment is excluded; whose exclusion may not be older than `since`."""
        known = tuple(self.known(Exclusion.recorded_at))
        return exclusion(known, since, self.trial.lifted, self.trial.left_out)

    def excluded_given(self, since_begin: bool = False) -> Where:
        """`excluded` with parameters."""
        known, since = self.given(Exclusion.recorded_at), BEGINS if since_begin else None
        return exclusion(known, since, self.trial.lifted, self.trial.left_out)

    def heard(self) -> sa.ColumnElement[bool]:
        """Joins the second hearing of an assessment's recording (D.9)."""
        return hearing(tuple(self.known(Correction.recorded_at)))

    def heard_given(self) -> Where:
        """`heard` with a parameter."""
        return hearing(self.given(Correction.recorded_at))


@lru_cache(maxsize=16)
def sealed(known: tuple[Where, ...]) -> Ready:
    return Ready(select(Seal.period, Seal.sealed_at).where(*known).order_by(Seal.sealed_at))


@lru_cache(maxsize=64)
def by_then(recorded_at: InstrumentedAttribute[datetime], instant: Bound) -> Where:
    return recorded_at <= instant


@lru_cache(maxsize=16)
def exclusion(
    known: tuple[Where, ...],
    since: Bound | None,
    lifted: frozenset[ExclusionCode],
    left_out: frozenset[str],
) -> Where:
    numbers = select(Exclusion.ticket_number).where(*known)
    if since is not None:
        numbers = numbers.where(Exclusion.recorded_at >= since)
    if lifted:
        numbers = numbers.where(Exclusion.code.not_in(sorted(lifted)))
    decided = FACT.ticket_number.in_(numbers)
    return decided | FACT.ticket_number.in_(left_out) if left_out else decided


@lru_cache(maxsize=16)
def hearing(known: tuple[Where, ...]) -> Where:
    return sa.and_(Correction.ticket_number == FACT.ticket_number, *known)


def within(column: sa.SQLColumnExpression[Any], period: Period) -> sa.ColumnElement[bool]:
    return between(column, period.starts_at, period.ends_at)
