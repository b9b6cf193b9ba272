"""The SELECTs that turn rows into counts.

What an answer counts is said once, in `rates`: for each sum it is asked about every outcome there
is, and the outcomes that count go to PostgreSQL as bits of a mask. So the database only counts,
over a covering index, and the rule stays where it can be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.callbacks.models import Assessment, Correction, Exclusion
from app.callbacks.outcome import (
    FIRST_TALLY,
    KIND,
    KINDS,
    OUTCOME,
    OUTCOMES,
    Kind,
    Outcome,
    code,
    mask,
    tally_sql,
)
from app.offices.directory import STREET_KINDS
from app.offices.models import DistrictRow, Office
from app.period import Period
from app.policy_keys import Assess, Scoring
from app.rankings import whereabouts
from app.rankings.rates import NOTHING, SUMS, Counts, Exact, admitted, count
from app.rankings.trial import OFFICIAL, Trial
from app.rankings.units import Member, count_members
from app.tickets.lifecycle import DispatchRole, Status
from app.tickets.models import ACCEPTED, NOT_TAKEN, Dispatch, Event, Ticket

Where = sa.ColumnElement[bool]

FACT = Assessment.__table__.c
TALLY = {"office_code": FACT.office_tally, "industry_office": FACT.industry_tally}
TALLIED = [name for name in SUMS if name not in ("assessed", "excluded", "not_assessed")]


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record about a period: now, or as it stood at an instant (`as_of`).

    `late` lets what was recorded after that instant count too; `trial` is what a what-if changes.
    """

    session: Session
    period: Period
    as_of: datetime | None = None
    late: bool = False
    trial: Trial = OFFICIAL

    def of(self, period: Period) -> "Record":
        return replace(self, period=self.trial.on(period))

    def known(self, recorded_at: InstrumentedAttribute[datetime]) -> Iterator[Where]:
        """That a row was recorded by then, if that matters."""
        if self.as_of and not self.late:
            yield recorded_at <= self.as_of

    def excluded(self, since: datetime | None = None) -> sa.ColumnElement[bool]:
        """Whether an assessment is excluded; whose exclusion may not be older than `since`."""
        found = select(Exclusion.ticket_number).where(*self.known(Exclusion.recorded_at))
        if since:
            found = found.where(Exclusion.recorded_at >= since)
        if self.trial.lifted:
            found = found.where(Exclusion.code.not_in(sorted(self.trial.lifted)))
        decided, besides = FACT.ticket_number.in_(found), self.trial.left_out
        return decided | FACT.ticket_number.in_(besides) if besides else decided

    def heard(self) -> sa.ColumnElement[bool]:
        """Joins what a second hearing of an assessment's recording said (D.9)."""
        same = Correction.ticket_number == FACT.ticket_number
        return sa.and_(same, *self.known(Correction.recorded_at))


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


def counts(record: Record, by: str) -> dict[str, Counts]:
    """What each value of an assessment's column (`by`) counts in a period, merged groups included.

    Excluded tickets are counted apart and taken off, and corrected ones likewise, for they are few:
    the covering index need not know them. Nothing is excluded before it is assessed. Where the
    column is empty, the owner is the empty text; only an industry office nobody is.
    """
    alone = Assessment.merge_group.is_(None)
    out = record.excluded(since=record.period.starts_at)
    found = defaultdict(lambda: NOTHING, added(record, by, alone))
    for owner, gone in added(record, by, alone, out).items():
        found[owner] += Counts(excluded=gone.assessed + gone.not_assessed) - gone
    for owner, moved in corrected(record, by):
        found[owner] += moved
    for owner, grouped in count_members(members(record, by), record.period).items():
        found[owner] += grouped
    return found


def added(record: Record, by: str, *where: Where) -> dict[str, Counts]:
    """One pass over the covering index, then one over its few thousand tallies.

    Tickets that are not admitted are only counted.
    """
    period = record.period
    found, kinds = tallies(period.policy.score), admitted_kinds(period.policy.assess)
    tally = TALLY.get(by, sa.literal_column(tally_sql(f"coalesce({by}, '')")))
    told = (
        select(
            tally.label("tally"),
            func.count().label("everyone"),
            func.count().filter(bit(kinds, FACT.kind) == 1).label("admitted"),
        )
        .where(within(Assessment.assessed_at, period), *record.known(Assessment.recorded_at))
        .where(owned(by), *where)
        .group_by(tally)
        .subquery()
    )
    number = func.ascii(func.right(told.c.tally, 1)) - FIRST_TALLY
    admitted = told.c.admitted
    sums = [func.sum(admitted).filter(bit(tally.bits, number) == 1) for tally in found]
    owner = func.left(told.c.tally, -1)
    query = select(
        owner, func.sum(told.c.everyone), func.sum(admitted).label("assessed"), *sums
    ).group_by(owner)
    return {
        owner: Counts(assessed=int(assessed), not_assessed=int(everyone - assessed))
        + read(found, numbers)
        for owner, everyone, assessed, *numbers in record.session.execute(query)
    }


def owned(by: str) -> Where:
    return FACT[by].is_not(None) if by == "industry_office" else sa.true()


def owner_of(by: str) -> sa.ColumnElement[str]:
    return func.coalesce(FACT[by], "")


def corrected(record: Record, by: str) -> Iterator[tuple[str, Counts]]:
    """What each second hearing changes of what was counted (D.9)."""
    query = (
        select(Assessment, Correction, owner_of(by))
        .join(Correction, record.heard())
        .where(within(Assessment.assessed_at, record.period), Assessment.merge_group.is_(None))
        .where(owned(by), ~record.excluded(), *record.known(Assessment.recorded_at))
    )
    score, assess = record.period.policy.score, record.period.policy.assess
    for fact, heard, owner in record.session.execute(query):
        if admitted(kind_of(fact), assess):
            was, now = outcome_of(fact, fact), outcome_of(fact, heard)
            yield owner, count(now, score) - count(was, score)


def admitted_kinds(assess: Assess) -> bytes:
    return mask(KIND, [code(KIND, kind) for kind in KINDS if admitted(kind, assess)])


def bit(bits: bytes, packed: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return func.get_bit(bits, packed)


def within(column: sa.SQLColumnExpression[Any], period: Period) -> sa.ColumnElement[bool]:
    return (column >= period.starts_at) & (column < period.ends_at)


def read(found: Iterable[Tally], numbers: Iterable[Decimal | None]) -> Counts:
    sums: dict[str, Any] = defaultdict(int)
    for tally, number in zip(found, numbers, strict=True):
        sums[tally.name] += int(number or 0) * tally.value
    return Counts(**sums)


def members(record: Record, by: str) -> Iterator[Member]:
    """Every member of each merged group that has one assessed in the period."""
    known = tuple(record.known(Assessment.recorded_at))
    groups = select(Assessment.merge_group).where(
        within(Assessment.assessed_at, record.period), Assessment.merge_group.is_not(None), *known
    )
    query = (
        select(Assessment, owner_of(by), FACT.merge_group, record.excluded(), Correction)
        .outerjoin(Correction, record.heard())
        .where(Assessment.merge_group.in_(groups), owned(by), *known)
    )
    for fact, owner, group, excluded, heard in record.session.execute(query):
        yield Member(
            owner=owner,
            group=group,
            number=fact.ticket_number,
            assessed_at=fact.assessed_at,
            kind=kind_of(fact),
            outcome=outcome_of(fact, heard or fact),
            excluded=excluded,
        )


def kind_of(fact: Assessment) -> Kind:
    return Kind(fact.type, fact.channel, fact.anonymous)


def outcome_of(fact: Assessment, said: Assessment | Correction) -> Outcome:
    """The citizen's answers as `said` has them, and whether the office was in time."""
    answers = (said.reach, said.contacted, said.resolved, said.satisfied)
    return Outcome(*answers, fact.contact_ok, fact.late)


def volumes(record: Record, by: str) -> dict[str, int]:
    """How many requests were accepted in a period, by a column of the ticket, merged or not."""
    period = record.period
    if by == "street_code" and record.as_of is None:
        found = record.session.execute(by_street(period))
        return {street: int(number) for street, number in found.all()}
    return numbers(
        record.session,
        whereabouts.at(record.as_of, by),
        within(Ticket.received_at, period),
        Ticket.type.in_(sorted(period.policy.assess.types)),
        *accepted(record),
    )


def by_street(period: Period) -> sa.Select[str, Decimal]:
    """As of now, from one stretch of an index for each street and type: the period alone is read,
    however many tickets there are of others."""
    types = sa.literal(sorted(period.policy.assess.types), ARRAY(sa.Text()))
    kinds = func.unnest(types).table_valued("type", name="kinds").render_derived()
    found = (
        select(func.count().label("number"))
        .where(Ticket.street_code == Office.code, Ticket.type == kinds.c.type)
        .where(within(Ticket.received_at, period), sa.text(ACCEPTED))
        .lateral()
    )
    number: sa.ColumnElement[Decimal] = func.sum(found.c.number)
    return (
        select(Office.code, number)
        .select_from(Office)
        .join(kinds, sa.true())
        .join(found, sa.true())
        .where(Office.kind.in_(sorted(STREET_KINDS)))
        .group_by(Office.code)
        .having(number > 0)
    )


def requests(record: Record, begins: datetime, ends: datetime) -> dict[str, int]:
    """How many requests that lie in each street were received in [begins, ends) and accepted."""
    return numbers(
        record.session,
        whereabouts.at(record.as_of, "street_code"),
        (Ticket.received_at >= begins) & (Ticket.received_at < ends),
        Ticket.type.in_(sorted(record.period.policy.assess.types)),
        *accepted(record),
    )


def accepted(record: Record) -> Iterator[Where]:
    """Not refused by then, and not brought along from an older system later on."""
    if record.as_of is None:
        yield Ticket.status.not_in(NOT_TAKEN)
        return
    yield Ticket.received_at <= record.as_of
    yield ~(Ticket.status.in_(NOT_TAKEN) & (Ticket.since <= record.as_of))
    if not record.late:
        yield Ticket.number.not_in(
            select(Assessment.ticket_number).where(
                Assessment.recorded_at > record.as_of,
                Assessment.recorded_at > Assessment.assessed_at,
            )
        )


def on_hold(record: Record, by: str) -> dict[str, int]:
    """Now, from the tickets; at an instant, from their events."""
    column = Ticket.__table__.c[by]
    if record.as_of is None:
        return numbers(record.session, column, Ticket.status == Status.ON_HOLD)
    owner = Dispatch.__table__.c.office_code if by == "office_code" else column
    return numbers(record.session, owner, *held_at(record.as_of))


def held_at(instant: datetime) -> Iterator[Where]:
    """Whose last event by then put it on hold, with the lead dispatch it then had."""
    later = aliased(Event)
    left = sa.exists().where(
        later.ticket_number == Event.ticket_number,
        later.seq > Event.seq,
        later.at <= instant,
        later.to_status != Status.ON_HOLD,
    )
    yield Event.ticket_number == Ticket.number
    yield Event.to_status == Status.ON_HOLD
    yield Event.from_status != Status.ON_HOLD
    yield Event.at <= instant
    yield ~left
    yield Dispatch.ticket_number == Ticket.number
    yield Dispatch.role == DispatchRole.LEAD
    yield Dispatch.dispatched_at <= instant
    yield sa.or_(Dispatch.ended_at.is_(None), Dispatch.ended_at > instant)


def numbers(
    session: Session, column: sa.ColumnElement[str], *where: sa.ColumnElement[bool]
) -> dict[str, int]:
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
