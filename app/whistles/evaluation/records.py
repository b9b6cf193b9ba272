"""Records of whistles read: one for each department that a settled whistle called (RULEBOOK D.15).

False whistles and summonses withdrawn by ruling have none, nor has an office that was asked to come
if it could, and did not. Whoever was waived for its absence has one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.kit.ready import parameter
from app.offices.models import Office
from app.policy.documents import Policies
from app.whistles.evaluation import score
from app.whistles.evaluation.models import WhistleMark
from app.whistles.evaluation.score import (
    MARKED_KINDS,
    Attendance,
    Chief,
    Marks,
    Record,
    mark_until,
)
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import (
    SummonsKind,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.models import Summons, Whistle

INSTANT = sa.TIMESTAMP(timezone=True)
AT, SINCE, UNTIL = (parameter(name, INSTANT) for name in ("at", "since", "until"))
STREET = parameter("street", sa.Text)
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
    query = OF_STREET if street else OF_TERM
    span = {"at": at, "since": since, "until": until, "street": street}
    return list(made(session.execute(query, span), policies, at, at))


def of_whistles(
    session: Session, policies: Policies, numbers: Sequence[str], now: datetime
) -> Mapping[str, list[Record]]:
    """By whistle, with all that is on record."""
    asked = {"at": LATEST, "numbers": [*numbers]}
    records: dict[str, list[Record]] = defaultdict(list)
    for record in made(session.execute(OF_WHISTLES, asked), policies, now, LATEST):
        records[record.whistle_number].append(record)
    return records


def open_until(
    session: Session, since: datetime, until: datetime, appeal: timedelta
) -> datetime | None:
    """Until when records of whistles settled in a time may still change within their own limits:
    the chief may mark, the department may appeal, or the district decides."""
    of_time = sa.and_(Whistle.settled_at >= since, Whistle.settled_at < until)
    undecided = sa.case((WhistleMark.decided_at.is_(None), WhistleMark.appealed_at + appeal))
    after_mark = func.coalesce(
        sa.case((WhistleMark.appealed_at.is_(None), WhistleMark.marked_at + appeal)), undecided
    )
    marking = select(func.max(Whistle.mark_due_at)).where(of_time)
    deciding = select(func.max(after_mark)).join(
        Whistle, Whistle.number == WhistleMark.whistle_number
    )
    limits = session.scalar(marking), session.scalar(deciding.where(of_time))
    return max(filter(None, limits), default=None)


def evaluator() -> sa.ColumnElement[str]:
    """The street that evaluates a summoned office."""
    return func.coalesce(Summons.evaluated_by, Whistle.street_code)


Rows = sa.Select[Whistle, Summons, WhistleMark]


def rows() -> Rows:
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
            Whistle.settled_at <= AT,
            sa.not_(was_false(AT)),
            Summons.kind == SummonsKind.DEPARTMENT,
            sa.or_(Summons.withdrawn_at.is_(None), Summons.withdrawn_at > AT),
            sa.or_(Summons.required, Summons.arrived_at.is_not(None), waived),
            Office.kind.in_(MARKED_KINDS),
        )
        .order_by(Whistle.settled_at, Whistle.number, Summons.office_code)
    )


def was_false(at: datetime | sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    """Whether it was false at an instant: found so before, and no appeal upheld by then."""
    restored = Whistle.finding.is_(None) & (Whistle.appeal_decided_at <= at)
    return sa.and_(
        Whistle.ruled_at.is_not(None),
        Whistle.ruled_at <= at,
        sa.not_(sa.func.coalesce(restored, sa.false())),
    )


OF_TERM = rows().where(Whistle.settled_at >= SINCE, Whistle.settled_at < UNTIL)
OF_STREET = OF_TERM.where(evaluator() == STREET)
THEIRS = parameter("numbers", ARRAY(sa.Text()))
OF_WHISTLES = rows().where(Whistle.number == sa.any_(THEIRS))


def made(
    rows: sa.Result[Whistle, Summons, WhistleMark],
    policies: Policies,
    now: datetime,
    as_of: datetime,
) -> Iterator[Record]:
    for whistle, summons, mark in rows:
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
