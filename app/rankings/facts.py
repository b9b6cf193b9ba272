"""The SELECTs that turn rows into counts.

What an answer counts is said once, in `rates`: for each sum it is asked about every outcome there
is, and the outcomes that count go to PostgreSQL as bits of a mask. So the database only counts,
over a covering index, and the rule stays where it can be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.callbacks.models import Assessment, Exclusion
from app.callbacks.outcome import KIND, KINDS, OUTCOME, OUTCOMES, Kind, Outcome, code, mask
from app.offices.models import DistrictRow
from app.period import Period
from app.policy_keys import Assess, Scoring
from app.rankings.rates import NOTHING, SUMS, Counts, Exact, admitted, count
from app.rankings.units import Member, count_members
from app.tickets.lifecycle import Status
from app.tickets.models import Ticket

NOT_TAKEN = (Status.NOT_ACCEPTED, Status.TRANSFERRED, Status.ANSWERED, Status.VOID)
"""Requests that were not accepted do not add to the volume (RULEBOOK D.13.5)."""

FACT = Assessment.__table__.c


TALLIED = [name for name in SUMS if name not in ("assessed", "excluded", "not_assessed")]


class Tally(NamedTuple):
    """The outcomes that count `value` in the sum `name`, as bits."""

    name: str
    value: Exact
    bits: bytes


@cache
def tallies(score: Scoring) -> list[Tally]:
    codes: dict[tuple[str, Exact], set[int]] = defaultdict(set)
    for outcome in OUTCOMES:
        counted, number = count(outcome, score), code(OUTCOME, outcome)
        for name in TALLIED:
            codes[name, getattr(counted, name)].add(number)
    return [Tally(*key, mask(OUTCOME, found)) for key, found in codes.items() if key[1]]


def plan_anew(session: Session) -> None:
    """For this transaction: a plan for the very period asked about, not one for any period."""
    session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))


def counts(session: Session, period: Period, by: str) -> dict[str, Counts]:
    """What each value of an assessment's column (`by`) counts in a period, merged groups included.

    Excluded tickets are counted apart and taken off, for they are few: the covering index need not
    know them.
    """
    alone = Assessment.merge_group.is_(None)
    out = Exclusion.ticket_number == Assessment.ticket_number
    found = defaultdict(lambda: NOTHING, added(session, period, by, alone))
    for owner, gone in added(session, period, by, alone, out).items():
        found[owner] += Counts(excluded=gone.assessed + gone.not_assessed) - gone
    for owner, grouped in count_members(members(session, period, by), period).items():
        found[owner] += grouped
    return found


def added(
    session: Session, period: Period, by: str, *where: sa.ColumnElement[bool]
) -> dict[str, Counts]:
    """One pass over the covering index; tickets that are not admitted are only counted."""
    found, kinds = tallies(period.policy.score), admitted_kinds(period.policy.assess)
    sums = [func.count().filter(bit(tally.bits, FACT.outcome) == 1) for tally in found]
    query = (
        select(FACT[by], bit(kinds, FACT.kind).label("admitted"), func.count(), *sums)
        .where(within(Assessment.assessed_at, period), FACT[by].is_not(None), *where)
        .group_by(FACT[by], sa.text("admitted"))
    )
    totals: dict[str, Counts] = defaultdict(lambda: NOTHING)
    for owner, counting, number, *numbers in session.execute(query):
        totals[owner] += read(found, number, numbers) if counting else Counts(not_assessed=number)
    return totals


def admitted_kinds(assess: Assess) -> bytes:
    return mask(KIND, [code(KIND, kind) for kind in KINDS if admitted(kind, assess)])


def bit(bits: bytes, packed: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return func.get_bit(bits, packed)


def within(column: InstrumentedAttribute[datetime], period: Period) -> sa.ColumnElement[bool]:
    return (column >= period.starts_at) & (column < period.ends_at)


def read(found: Iterable[Tally], assessed: int, numbers: Iterable[int]) -> Counts:
    sums: dict[str, Any] = defaultdict(int)
    for tally, number in zip(found, numbers, strict=True):
        sums[tally.name] += number * tally.value
    return Counts(assessed=assessed, **sums)


def members(session: Session, period: Period, by: str) -> Iterator[Member]:
    """Every member of each merged group that has one assessed in the period."""
    groups = select(Assessment.merge_group).where(
        within(Assessment.assessed_at, period), Assessment.merge_group.is_not(None)
    )
    query = (
        select(Assessment, FACT[by], FACT.merge_group, Exclusion.ticket_number)
        .outerjoin(Exclusion, Exclusion.ticket_number == Assessment.ticket_number)
        .where(Assessment.merge_group.in_(groups), FACT[by].is_not(None))
    )
    for fact, owner, group, excluded in session.execute(query):
        yield Member(
            owner=owner,
            group=group,
            number=fact.ticket_number,
            assessed_at=fact.assessed_at,
            kind=Kind(fact.type, fact.channel, fact.anonymous),
            outcome=Outcome(
                fact.reach,
                fact.contacted,
                fact.resolved,
                fact.satisfied,
                fact.contact_ok,
                fact.late,
            ),
            excluded=excluded is not None,
        )


def volumes(session: Session, period: Period, by: str) -> dict[str, int]:
    """How many requests were accepted in a period, by a column of the ticket, merged or not."""
    return numbers(
        session,
        by,
        within(Ticket.received_at, period),
        Ticket.type.in_(sorted(period.policy.assess.types)),
        Ticket.status.not_in(NOT_TAKEN),
    )


def on_hold(session: Session, by: str) -> dict[str, int]:
    return numbers(session, by, Ticket.status == Status.ON_HOLD)


def numbers(session: Session, by: str, *where: sa.ColumnElement[bool]) -> dict[str, int]:
    column = Ticket.__table__.c[by]
    query = select(column, func.count()).where(column.is_not(None), *where).group_by(column)
    return dict(session.execute(query).all())


def first_assessed_at(session: Session) -> datetime | None:
    merged = Assessment.merge_group.is_not(None)
    earliest = [
        select(func.min(Assessment.assessed_at)).where(where).scalar_subquery()
        for where in (merged, ~merged)
    ]
    return session.scalar(select(func.least(*earliest)))


def districts(session: Session) -> dict[str, str]:
    """Their names by code."""
    return dict(session.execute(select(DistrictRow.code, DistrictRow.name)).all())
