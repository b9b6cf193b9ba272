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
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Correction, Exclusion
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
OWNERS = {"category": func.coalesce(FACT.category, sa.literal_column("''", sa.Text))}
"""Where a column may be empty and what is empty is to be counted, too: under the empty text."""


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

    Excluded tickets are counted apart and taken off, and corrected ones likewise, for they are few:
    the covering index need not know them.
    """
    alone = Assessment.merge_group.is_(None)
    out = Exclusion.ticket_number == Assessment.ticket_number
    found = defaultdict(lambda: NOTHING, added(session, period, by, alone))
    for owner, gone in added(session, period, by, alone, out).items():
        found[owner] += Counts(excluded=gone.assessed + gone.not_assessed) - gone
    for owner, moved in corrected(session, period, by).items():
        found[owner] += moved
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
        select(owner_of(by), bit(kinds, FACT.kind).label("admitted"), func.count(), *sums)
        .where(within(Assessment.assessed_at, period), owner_of(by).is_not(None), *where)
        .group_by(owner_of(by), sa.text("admitted"))
    )
    totals: dict[str, Counts] = defaultdict(lambda: NOTHING)
    for owner, counting, number, *numbers in session.execute(query):
        totals[owner] += read(found, number, numbers) if counting else Counts(not_assessed=number)
    return totals


def owner_of(by: str) -> sa.ColumnElement[str]:
    return OWNERS.get(by, FACT[by])


def corrected(session: Session, period: Period, by: str) -> dict[str, Counts]:
    """What second hearings change of what was counted (D.9)."""
    query = (
        select(Assessment, Correction, owner_of(by))
        .join(Correction, Correction.ticket_number == Assessment.ticket_number)
        .outerjoin(Exclusion, Exclusion.ticket_number == Assessment.ticket_number)
        .where(
            within(Assessment.assessed_at, period),
            Assessment.merge_group.is_(None),
            Exclusion.ticket_number.is_(None),
            owner_of(by).is_not(None),
        )
    )
    totals: dict[str, Counts] = defaultdict(lambda: NOTHING)
    score, assess = period.policy.score, period.policy.assess
    for fact, heard, owner in session.execute(query):
        if admitted(kind_of(fact), assess):
            was, now = outcome_of(fact, fact), outcome_of(fact, heard)
            totals[owner] += count(now, score) - count(was, score)
    return totals


def kind_of(fact: Assessment) -> Kind:
    return Kind(fact.type, fact.channel, fact.anonymous)


def outcome_of(fact: Assessment, said: Assessment | Correction) -> Outcome:
    """What counts: the citizen's answers as `said` has them, whether the office was in time."""
    answers = (said.reach, said.contacted, said.resolved, said.satisfied)
    return Outcome(*answers, fact.contact_ok, fact.late)


def admitted_kinds(assess: Assess) -> bytes:
    return mask(KIND, [code(KIND, kind) for kind in KINDS if admitted(kind, assess)])


def bit(bits: bytes, packed: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return func.get_bit(bits, packed)


def within(column: sa.SQLColumnExpression[Any], period: Period) -> sa.ColumnElement[bool]:
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
        select(Assessment, owner_of(by), FACT.merge_group, Exclusion.ticket_number, Correction)
        .outerjoin(Exclusion, Exclusion.ticket_number == Assessment.ticket_number)
        .outerjoin(Correction, Correction.ticket_number == Assessment.ticket_number)
        .where(Assessment.merge_group.in_(groups), owner_of(by).is_not(None))
    )
    for fact, owner, group, excluded, heard in session.execute(query):
        yield Member(
            owner=owner,
            group=group,
            number=fact.ticket_number,
            assessed_at=fact.assessed_at,
            kind=kind_of(fact),
            outcome=outcome_of(fact, heard or fact),
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
