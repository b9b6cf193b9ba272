"""Assessments counted by SELECTs.

`rates` says once how an answer counts. It is asked about every possible outcome, and the outcomes
that count go to PostgreSQL as bits of a mask: the database only counts, over a covering index.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.callbacks.models import Assessment, Correction
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
)
from app.period import Period
from app.policy.keys import Assess, Scoring
from app.rankings.counting import days
from app.rankings.counting.days import NO_VALUES, Count, Numbers, Parts, Values
from app.rankings.counting.merged import Member, count_members
from app.rankings.counting.record import Record, Where, within
from app.rankings.rates import NOTHING, SUMS, Counts, Exact, admitted, count

ALONE = Assessment.merge_group.is_(None)
FACT = Assessment.__table__.c
TALLY = {"office_code": FACT.office_tally, "industry_office": FACT.industry_tally}
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
    return [Tally(*key, mask(OUTCOME, outcomes)) for key, outcomes in codes.items() if key[1]]


def plan_anew(session: Session) -> None:
    """For this transaction: a plan for the very period asked about, not one for any period."""
    session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))


def counts(record: Record, by: str) -> dict[str, Counts]:
    """Counts of a period by a column (`by`) of the assessment, or by an expression of its columns,
    merged groups included.

    Excluded and corrected tickets are few: they are counted apart and taken off, so the covering
    index need not hold them. No exclusion is older than its assessment. An empty column counts for
    the empty text; an empty industry for nobody.
    """
    sums = defaultdict(lambda: NOTHING, read(record, counted(record, alone(record, by))))
    for owner, change in changes(record, by):
        sums[owner] += change
    return sums


def changes(record: Record, by: str) -> Iterator[tuple[str, Counts]]:
    """What is added to the counts of all tickets in no merged group."""
    out = record.excluded(since=record.period.starts_at)
    for owner, gone in read(record, added(record, by, [in_period(record)], ALONE, out)).items():
        yield owner, Counts(excluded=gone.assessed + gone.not_assessed) - gone
    yield from corrected(record, by)
    yield from count_members(members(record, by), record.period, record.closed()).items()


def alone(record: Record, by: str) -> Count:
    """How tickets are counted that are in no merged group."""
    policy = record.period.policy
    return Count(
        at=Assessment.assessed_at,
        by=by,
        rule=(admitted_kinds(policy.assess), tallies(policy.score)),
        numbers=lambda parts, values: added(record, by, parts, ALONE, values=values),
        order=tally_of(by) if by in TALLY else None,
    )


def counted(record: Record, count: Count) -> Numbers:
    """The present counts, with kept days; of an instant, from the rows alone."""
    if record.as_of is None:
        return days.counted(record.session, record.period, count)
    every = count.within(record.period.starts_at, record.period.ends_at)
    return count.numbers([every], NO_VALUES)


def added(
    record: Record, by: str, parts: Parts, *where: Where, values: Values = NO_VALUES
) -> Numbers:
    """One pass over the rows, part by part, then one over their few thousand tallies: how many
    there are, how many of them are admitted (the others are only counted), and their tallies."""
    policy, known = record.period.policy, record.known(Assessment.recorded_at)
    kinds, score = admitted_kinds(policy.assess), policy.score
    query = adding(by, kinds, score, tuple(parts), (*where, *known))
    return {
        owner: [int(number or 0) for number in numbers]
        for owner, *numbers in record.session.execute(query, values)
    }


@lru_cache(maxsize=64)
def adding(
    by: str, kinds: bytes, score: Scoring, parts: tuple[Where, ...], where: tuple[Where, ...]
) -> sa.Select[*tuple[Any, ...]]:
    tally = tally_of(by)
    of_part = (
        select(
            tally.label("tally"),
            func.count().label("everyone"),
            func.count().filter(bit(kinds, FACT.kind) == 1).label("admitted"),
        )
        .where(owned(by), *where)
        .group_by(tally)
    )
    tallied = sa.union_all(*map(of_part.where, parts)).subquery()
    number = func.ascii(func.right(tallied.c.tally, 1)) - FIRST_TALLY
    admitted = tallied.c.admitted
    sums = [func.sum(admitted).filter(bit(tally.bits, number) == 1) for tally in tallies(score)]
    owner = func.left(tallied.c.tally, -1)
    return select(owner, func.sum(tallied.c.everyone), func.sum(admitted), *sums).group_by(owner)


def read(record: Record, numbers: Numbers) -> dict[str, Counts]:
    tallied = tallies(record.period.policy.score)
    return {owner: counts_of(tallied, sums) for owner, sums in numbers.items()}


def counts_of(by_tally: Iterable[Tally], numbers: Sequence[int]) -> Counts:
    everyone, assessed, *tallied = numbers
    sums: dict[str, Any] = defaultdict(int)
    for tally, number in zip(by_tally, tallied, strict=True):
        sums[tally.name] += number * tally.value
    return Counts(assessed=assessed, not_assessed=everyone - assessed, **sums)


def tally_of(by: str) -> sa.ColumnElement[str]:
    """The outcome is the last letter of every tally of a row."""
    return TALLY.get(by, sa.literal_column(f"coalesce({by}, '') || right(office_tally, 1)"))


def owned(by: str) -> Where:
    return column(by).is_not(None) if by == "industry_office" else sa.true()


def owner_of(by: str) -> sa.ColumnElement[str]:
    return func.coalesce(column(by), "")


def column(by: str) -> sa.ColumnElement[Any]:
    """A column of the assessment, or an expression of some."""
    return FACT[by] if by in FACT else sa.literal_column(by)


def corrected(record: Record, by: str) -> Iterator[tuple[str, Counts]]:
    """The change of counts by each second hearing (D.9)."""
    known = (in_period(record), *record.known(Assessment.recorded_at))
    query = reheard(by, known, record.heard(), record.excluded())
    score, assess = record.period.policy.score, record.period.policy.assess
    for fact, heard, owner in record.session.execute(query):
        if admitted(kind_of(fact), assess):
            was, now = outcome_of(fact, fact), outcome_of(fact, heard)
            yield owner, count(now, score) - count(was, score)


@lru_cache(maxsize=16)
def reheard(
    by: str, known: tuple[Where, ...], heard: Where, excluded: Where
) -> sa.Select[*tuple[Any, ...]]:
    alone = (ALONE, owned(by), ~excluded)
    query = select(Assessment, Correction, owner_of(by)).join(Correction, heard)
    return query.where(*known, *alone)


@cache
def admitted_kinds(assess: Assess) -> bytes:
    return mask(KIND, [code(KIND, kind) for kind in KINDS if admitted(kind, assess)])


def bit(bits: bytes, packed: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return func.get_bit(bits, packed)


def in_period(record: Record) -> Where:
    return within(Assessment.assessed_at, record.period)


def members(record: Record, by: str) -> Iterator[Member]:
    """Every member of each merged group that has one assessed in the period."""
    known = tuple(record.known(Assessment.recorded_at))
    query = grouped(by, in_period(record), known, record.heard(), record.excluded())
    for fact, owner, heard, excluded in record.session.execute(query):
        yield member(owner, fact, heard, excluded)


@lru_cache(maxsize=16)
def grouped(
    by: str, in_period: Where, known: tuple[Where, ...], heard: Where, excluded: Where
) -> sa.Select[*tuple[Any, ...]]:
    merged = (in_period, *known, Assessment.merge_group.is_not(None))
    groups = select(Assessment.merge_group).where(*merged)
    return (
        select(Assessment, owner_of(by), Correction, excluded)
        .outerjoin(Correction, heard)
        .where(Assessment.merge_group.in_(groups), owned(by), *known)
    )


def member(owner: str, fact: Assessment, heard: Correction | None, excluded: bool) -> Member:
    """A ticket in no group is one by itself."""
    return Member(
        owner=owner,
        group=fact.merge_group or fact.ticket_number,
        number=fact.ticket_number,
        assessed_at=fact.assessed_at,
        recorded_at=fact.recorded_at,
        kind=kind_of(fact),
        outcome=outcome_of(fact, heard or fact),
        excluded=excluded,
    )


def followers(session: Session, period: Period, sealed_at: datetime) -> list[str]:
    """Members of a group that a seal counted in a period, assessed after that period and recorded
    after the seal: they count nowhere else."""
    group, other = FACT.merge_group, aliased(Assessment)
    known = (other.merge_group == group, other.recorded_at <= sealed_at)
    counted = sa.exists().where(*known, within(other.assessed_at, period))
    moved_on = sa.exists().where(*known, other.assessed_at >= period.ends_at)
    later = (FACT.assessed_at >= period.ends_at, FACT.recorded_at > sealed_at)
    query = select(FACT.ticket_number).where(group.is_not(None), *later, counted, ~moved_on)
    return list(session.scalars(query.order_by(FACT.ticket_number)))


def kind_of(fact: Assessment) -> Kind:
    return Kind(fact.type, fact.channel, fact.anonymous)


def outcome_of(fact: Assessment, heard: Assessment | Correction) -> Outcome:
    """The citizen's answers in the callback or the second hearing, and whether the office was in
    time."""
    answers = (heard.reach, heard.contacted, heard.resolved, heard.satisfied)
    return Outcome(*answers, fact.contact_ok, fact.late)


def first_assessed_at(session: Session, by: datetime) -> datetime | None:
    """The first instant of an assessment recorded by then."""
    first = select(func.min(Assessment.assessed_at))
    return session.scalar(first.where(Assessment.recorded_at <= by))
