"""Records of whistles read: one for each department that a settled whistle called (RULEBOOK D.15).

False whistles and summonses withdrawn by ruling have none, nor has an office that was asked to come
if it could, and did not. Whoever was waived for its absence has one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.kit.decimals import two_decimals
from app.offices.models import Office
from app.policy.documents import Policies
from app.policy.whistles import Evaluation
from app.whistles.evaluation import score
from app.whistles.evaluation.models import WhistleMark
from app.whistles.evaluation.schemas import EvaluationView
from app.whistles.evaluation.score import (
    MARKED_KINDS,
    Attendance,
    Chief,
    Marks,
    Record,
    RecordStatus,
    mark_until,
)
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.models import Summons, Whistle

LATEST = datetime.max.replace(tzinfo=UTC)
"""As of when a record is read that holds all that was recorded."""


def of_term(
    session: Session,
    policies: Policies,
    since: datetime,
    until: datetime,
    at: datetime,
    street: str | None = None,
) -> list[Record]:
    """Of whistles settled in a time, of all streets or of one, as of the instant `at`."""
    query = rows(at).where(Whistle.settled_at >= since, Whistle.settled_at < until)
    if street:
        query = query.where(evaluator() == street)
    return list(made(session, query, policies, at, at))


def of_whistles(
    session: Session, policies: Policies, numbers: Sequence[str], now: datetime
) -> Mapping[str, list[Record]]:
    """By whistle, with all that is on record."""
    query = rows(LATEST).where(Whistle.number.in_(numbers))
    records: dict[str, list[Record]] = defaultdict(list)
    for record in made(session, query, policies, now, LATEST):
        records[record.whistle_number].append(record)
    return records


def evaluator() -> sa.ColumnElement[str]:
    """The street that evaluates a summoned office."""
    return func.coalesce(Summons.evaluated_by, Whistle.street_code)


def rows(at: datetime) -> sa.Select[Whistle, Summons, WhistleMark]:
    own = (WhistleMark.whistle_number == Summons.whistle_number) & (
        WhistleMark.office_code == Summons.office_code
    )
    waived = sa.exists().where(
        WhistleEvent.whistle_number == Summons.whistle_number,
        WhistleEvent.action == WhistleAction.WAIVE,
        WhistleEvent.data["office_code"].astext == Summons.office_code,
    )
    return (
        select(Whistle, Summons, WhistleMark)
        .join(Summons, Summons.whistle_number == Whistle.number)
        .join(Office, Office.code == Summons.office_code)
        .outerjoin(WhistleMark, own)
        .where(
            Whistle.settled_at <= at,
            sa.not_(was_false(at)),
            Summons.kind == SummonsKind.DEPARTMENT,
            sa.or_(Summons.withdrawn_at.is_(None), Summons.withdrawn_at > at),
            sa.or_(Summons.required, Summons.arrived_at.is_not(None), waived),
            Office.kind.in_(MARKED_KINDS),
        )
        .order_by(Whistle.settled_at, Whistle.number, Summons.office_code)
    )


def was_false(at: datetime) -> sa.ColumnElement[bool]:
    """Whether it was false at an instant: found so before, and no appeal upheld by then."""
    restored = Whistle.finding.is_(None) & (Whistle.appeal_decided_at <= at)
    return sa.and_(
        Whistle.ruled_at.is_not(None),
        Whistle.ruled_at <= at,
        sa.not_(sa.func.coalesce(restored, sa.false())),
    )


def made(
    session: Session,
    query: sa.Select[Whistle, Summons, WhistleMark],
    policies: Policies,
    now: datetime,
    as_of: datetime,
) -> Iterator[Record]:
    for whistle, summons, mark in session.execute(query):
        rules = policies.named(whistle.policy).evaluation
        settled_at = whistle.settled_at
        assert settled_at is not None  # the query says so
        street = summons.evaluated_by or whistle.street_code
        key = (whistle.number, street, summons.office_code, settled_at)
        given = chief(mark, as_of)
        marks = Marks(given, mark_until(marked_from(whistle, as_of), rules))
        yield score.record(key, attendance(whistle, summons), marks, rules, now)


def marked_from(whistle: Whistle, at: datetime) -> datetime:
    """Since when the chief may mark what is settled: anew, once an appeal gave it back to him."""
    assert whistle.settled_at is not None  # it has records
    decided_at = whistle.appeal_decided_at
    restored = whistle.ruled_from is WhistleStatus.SETTLED and whistle.finding is None
    return decided_at if restored and decided_at and decided_at <= at else whistle.settled_at


def attendance(whistle: Whistle, summons: Summons) -> Attendance:
    assert summons.sent_at is not None  # it was blown
    assert summons.arrive_due_at is not None
    return Attendance(
        urgent=whistle.level is WhistleLevel.W1,
        called_at=summons.sent_at,
        arrive_due_at=summons.arrive_due_at,
        arrived_at=summons.arrived_at,
        left_at=summons.left_at if summons.away else None,
        left_early=summons.early_leave,
        fed_back_at=summons.fed_back_at,
        finish_at=whistle.finish_due_at,
        returned=whistle.returns,
    )


def chief(mark: WhistleMark | None, at: datetime) -> Chief | None:
    """The chief's points, as of an instant."""
    if mark is None or mark.marked_at > at:
        return None
    decided = mark.decided_at is not None and mark.decided_at <= at
    return Chief(
        effect=Fraction(mark.effect),
        attitude=Fraction(mark.attitude),
        set_aside=bool(decided and mark.set_aside),
    )


@dataclass(frozen=True, slots=True)
class Summoned:
    """How often a street's whistles called an office, and how it came."""

    called: int = 0
    late: int = 0
    absent: int = 0
    left_early: int = 0
    refused: int = 0
    """Objections that were ruled against."""
    refusals: int = 0
    """拒不履行, as the district found."""


def summoned(
    session: Session, since: datetime, until: datetime, street: str
) -> Mapping[str, Summoned]:
    """By office that the street evaluates: of whistles blown in a time, without false and cancelled
    ones and without summonses withdrawn by ruling."""
    left_out = (WhistleStatus.FALSE, WhistleStatus.CANCELLED)
    ruled = Summons.objected_at.is_not(None) & (Summons.status != SummonsStatus.OBJECTED)
    query = (
        select(
            Summons.office_code,
            func.count(),
            func.count().filter(Summons.arrived_at > Summons.arrive_due_at),
            func.count().filter(Summons.absent_at.is_not(None), Summons.arrived_at.is_(None)),
            func.count().filter(Summons.early_leave),
            func.count().filter(ruled),
            func.count().filter(Summons.refused.is_(True)),
        )
        .join(Whistle, Whistle.number == Summons.whistle_number)
        .where(
            evaluator() == street,
            Whistle.blown_at >= since,
            Whistle.blown_at < until,
            Whistle.status.not_in(left_out),
            Summons.kind == SummonsKind.DEPARTMENT,
            Summons.status != SummonsStatus.WITHDRAWN_BY_RULING,
        )
        .group_by(Summons.office_code)
    )
    return {code: Summoned(*counts) for code, *counts in session.execute(query)}


def marked(session: Session, number: str) -> set[str]:
    """The offices that the chief has marked for a whistle."""
    query = select(WhistleMark.office_code).where(WhistleMark.whistle_number == number)
    return set(session.scalars(query))


def appealed_since(session: Session, number: str) -> datetime | None:
    """Since when the oldest appeal waits that is not decided."""
    waiting = select(func.min(WhistleMark.appealed_at)).where(
        WhistleMark.whistle_number == number, WhistleMark.decided_at.is_(None)
    )
    return session.scalar(waiting)


def shown(record: Record) -> dict[str, Any]:
    """The members of a RecordView."""
    points = asdict(record.items)
    return {
        "status": record.status,
        "items": {name: two_decimals(value) for name, value in points.items()},
        "total": two_decimals(record.total),
        "total_exact": None if record.total is None else str(record.total),
    }


def views(
    session: Session, policies: Policies, numbers: Sequence[str], now: datetime
) -> dict[str, list[EvaluationView]]:
    """The evaluations of settled whistles, by number and in order of office; `allowed` is for
    whoever shows them."""
    if not numbers:
        return {}
    marks = marks_of(session, numbers)
    return {
        number: [evaluation(record, marks.get((number, record.office_code))) for record in known]
        for number, known in of_whistles(session, policies, numbers, now).items()
    }


def marks_of(session: Session, numbers: Sequence[str]) -> dict[tuple[str, str], WhistleMark]:
    query = select(WhistleMark).where(WhistleMark.whistle_number.in_(numbers))
    return {(mark.whistle_number, mark.office_code): mark for mark in session.scalars(query)}


def evaluation(record: Record, mark: WhistleMark | None) -> EvaluationView:
    return EvaluationView(
        **shown(record),
        office_code=record.office_code,
        street_code=record.street_code,
        rough=mark.rough if mark else False,
        marked_at=mark.marked_at if mark else None,
        appealed_at=mark.appealed_at if mark else None,
        set_aside=mark.set_aside if mark else None,
        allowed=[],
    )


def next_act(evaluation: EvaluationView, rules: Evaluation, now: datetime) -> WhistleAction | None:
    """What may be done about a record: marked, appealed against, decided on; each once."""
    if evaluation.status is RecordStatus.OPEN:
        return WhistleAction.EVALUATE
    if evaluation.marked_at is None:
        return None
    if evaluation.appealed_at is None:
        in_time = now <= evaluation.marked_at + rules.appeal
        return WhistleAction.APPEAL_EVALUATION if in_time else None
    return WhistleAction.DECIDE_EVALUATION if evaluation.set_aside is None else None


def supervised(
    session: Session, since: datetime, until: datetime, street: str
) -> Mapping[str, tuple[int, int, int, int]]:
    """By office: supervisions 督办 by a street's whistles that were asked in a time; of these the
    answered ones, those answered late, and those that are not answered though their time is over,
    whenever that is."""
    asked = select(WhistleEvent).where(WhistleEvent.action == WhistleAction.SUPERVISE)
    asked = asked.where(WhistleEvent.at >= since, WhistleEvent.at < until)
    ask = aliased(WhistleEvent, asked.subquery())
    office = ask.data["office_code"].astext
    answer = first_after(ask, WhistleAction.ANSWER).lateral()
    silence = first_after(ask, WhistleAction.UNANSWERED).lateral()
    in_silence = silence.c.seq < func.coalesce(answer.c.seq, silence.c.seq + 1)
    query = (
        select(
            office,
            func.count(),
            func.count(answer.c.seq),
            func.count().filter(in_silence, answer.c.seq.is_not(None)),
            func.count().filter(in_silence, answer.c.seq.is_(None)),
        )
        .select_from(ask)
        .join(Whistle, Whistle.number == ask.whistle_number)
        .outerjoin(answer, sa.true())
        .outerjoin(silence, sa.true())
        .where(Whistle.street_code == street)
        .group_by(office)
    )
    return {code: (count, *rest) for code, count, *rest in session.execute(query)}


def first_after(ask: type[WhistleEvent], action: WhistleAction) -> Select[int]:
    """The first event of that action about the same office."""
    later = aliased(WhistleEvent)
    query = select(later.seq).where(
        later.whistle_number == ask.whistle_number,
        later.seq > ask.seq,
        later.action == action,
        later.data["office_code"].astext == ask.data["office_code"].astext,
    )
    return query.order_by(later.seq).limit(1)
