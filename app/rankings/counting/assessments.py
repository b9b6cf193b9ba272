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
    code,
    mask,
)
from app.kit.ready import Ready, parameter
from app.period import Period
from app.policy.keys import Assess, Scoring
from app.rankings.counting import days
from app.rankings.counting.days import ENDS, Count, Numbers, Parts, Values, of_span
from app.rankings.counting.merged import Member, count_members
from app.rankings.counting.outcomes import (
    ANSWERS,
    COUNTING,
    FACT,
    HEARD,
    kind_of,
    last_answer,
    outcome_of,
    read_kind,
    read_outcome,
)
from app.rankings.counting.record import KNOWN_BY, Record, Where
from app.rankings.rates import NOTHING, SUMS, Counts, Exact, admitted, count

ALONE = Assessment.merge_group.is_(None)
IN_PERIOD = of_span(Assessment.assessed_at)
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
    session.connection().exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


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
    out = added(record, by, [IN_PERIOD], record.values, record.excluded_given(since_begin=True))
    for owner, gone in read(record, out).items():
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
        numbers=lambda parts, values: added(record, by, parts, values),
        order=tally_of(by) if by in TALLY else None,
    )


def counted(record: Record, count: Count) -> Numbers:
    """The present counts, with kept days; of an instant, from the rows alone."""
    if record.as_of is None:
        return days.counted(record.session, record.period, count)
    return count.within(record.period.starts_at, record.period.ends_at)


def added(record: Record, by: str, parts: Parts, values: Values, *where: Where) -> Numbers:
    """One pass over the rows in no merged group, part by part, then one over their few thousand
    tallies: how many there are, how many of them are admitted (the others are only counted), and
    their tallies."""
    policy, known = record.period.policy, record.given(Assessment.recorded_at)
    masks = {f"mask_{n}": tally.bits for n, tally in enumerate(tallies(policy.score))}
    query = adding(by, tuple(masks), tuple(parts), (*where, *known))
    given = {**record.values, "kinds": admitted_kinds(policy.assess), **masks, **values}
    return {
        owner: [int(number or 0) for number in numbers]
        for owner, *numbers in query.rows(record.session.connection(), **given)
    }


@lru_cache(maxsize=64)
def adding(
    by: str, masks: tuple[str, ...], parts: tuple[Where, ...], where: tuple[Where, ...]
) -> Ready:
    tally = tally_of(by)
    of_part = (
        select(
            tally.label("tally"),
            func.count().label("everyone"),
            func.count().filter(bit(of_bits("kinds"), FACT.kind) == 1).label("admitted"),
        )
        .where(ALONE, owned(by), *where)
        .group_by(tally)
    )
    tallied = sa.union_all(*map(of_part.where, parts)).subquery()
    number = func.ascii(func.right(tallied.c.tally, 1)) - FIRST_TALLY
    admitted = tallied.c.admitted
    sums = [func.sum(admitted).filter(bit(of_bits(mask), number) == 1) for mask in masks]
    owner = func.left(tallied.c.tally, -1)
    everyone = func.sum(tallied.c.everyone)
    return Ready(select(owner, everyone, func.sum(admitted), *sums).group_by(owner))


def of_bits(name: str) -> Any:
    return parameter(name, sa.LargeBinary)


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
    known = record.given(Assessment.recorded_at)
    query = reheard(by, known, record.heard_given(), record.excluded_given())
    score, assess = record.period.policy.score, record.period.policy.assess
    for row in record.rows(query):
        if admitted(read_kind(row), assess):
            was, now = read_outcome(row), read_outcome(row, HEARD)
            yield row.owner, count(now, score) - count(was, score)


@lru_cache(maxsize=16)
def reheard(by: str, known: tuple[Where, ...], heard: Where, excluded: Where) -> Ready:
    alone = (ALONE, owned(by), ~excluded)
    answers = (Correction.__table__.c[name].label(HEARD + name) for name in ANSWERS)
    query = select(owner_of(by).label("owner"), *COUNTING, *answers).join_from(
        Assessment, Correction, heard
    )
    return Ready(query.where(IN_PERIOD, *known, *alone))


@cache
def admitted_kinds(assess: Assess) -> bytes:
    return mask(KIND, [code(KIND, kind) for kind in KINDS if admitted(kind, assess)])


def bit(bits: bytes, packed: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return func.get_bit(bits, packed)


def members(record: Record, by: str) -> Iterator[Member]:
    """Every member of each merged group that has one assessed in the period."""
    known = record.given(Assessment.recorded_at)
    query = grouped(by, known, record.heard_given(), record.excluded_given())
    for row in record.rows(query):
        yield Member(
            owner=row.owner,
            group=row.merge_group,
            number=row.ticket_number,
            assessed_at=row.assessed_at,
            recorded_at=row.recorded_at,
            kind=read_kind(row),
            outcome=read_outcome(row, HEARD),
            excluded=row.excluded,
        )


@lru_cache(maxsize=16)
def grouped(by: str, known: tuple[Where, ...], heard: Where, excluded: Where) -> Ready:
    merged = (IN_PERIOD, *known, Assessment.merge_group.is_not(None))
    groups = select(Assessment.merge_group).where(*merged)
    return Ready(
        select(
            owner_of(by).label("owner"),
            *(FACT[name] for name in ("merge_group", "ticket_number", "assessed_at")),
            FACT.recorded_at,
            *COUNTING,
            *(last_answer(name).label(HEARD + name) for name in ANSWERS),
            excluded.label("excluded"),
        )
        .outerjoin_from(Assessment, Correction, heard)
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
    span = {"begins": period.starts_at, "ends": period.ends_at, "known_by": sealed_at}
    return [number for (number,) in FOLLOWERS.rows(session.connection(), **span)]


def following() -> sa.Select[str]:
    group, other = FACT.merge_group, aliased(Assessment)
    known = (other.merge_group == group, other.recorded_at <= KNOWN_BY)
    counted = sa.exists().where(*known, of_span(other.assessed_at))
    moved_on = sa.exists().where(*known, other.assessed_at >= ENDS)
    later = (FACT.assessed_at >= ENDS, FACT.recorded_at > KNOWN_BY)
    query = select(FACT.ticket_number).where(group.is_not(None), *later, counted, ~moved_on)
    return query.order_by(FACT.ticket_number)


FOLLOWERS = Ready(following())


def first_assessed_at(session: Session, by: datetime) -> datetime | None:
    """The first instant of an assessment recorded by then."""
    [first] = FIRST.rows(session.connection(), known_by=by)
    at: datetime | None = first.at
    return at


FIRST = Ready(
    select(func.min(Assessment.assessed_at).label("at")).where(Assessment.recorded_at <= KNOWN_BY)
)
