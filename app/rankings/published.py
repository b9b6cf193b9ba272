"""Sealed rankings, read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Conflict, NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.period import Period
from app.rankings.counting.record import Record
from app.rankings.forms import Written
from app.rankings.leagues import League, Registry
from app.rankings.models import Seal, SealedFacts, SealedRanking, Subject
from app.rankings.registry import PARTS, of_parts

WITH_MIN_ASSESSED = 3
"""The format of a seal from which on the classes leave out streets with few cases."""

WITH_PACK = 3
"""The format from which on the bulletin has the meeting's pack."""


class NotSealed(NotFound):
    title = "This period is not sealed"


class AlreadySealed(Conflict):
    title = "This period is sealed already"


class NotYetFrozen(Conflict):
    title = "A period is sealed some days after its end"


class SealInOrder(Conflict):
    title = "Periods are sealed in their order"


def get(session: Session, period: str) -> Seal:
    """Refuses NotSealed."""
    seal = session.get(Seal, period)
    if seal is None:
        raise NotSealed(Message("{period} is not sealed", period=period))
    return seal


def kept(
    session: Session, period: str, league: League, as_of: datetime | None = None
) -> Written | None:
    """The sealed answer, if there was one by then."""
    query = SEALED_BY_THEN if as_of else SEALED
    asked = {"period": period, "league": league.value, "instant": as_of}
    rows = query.rows(session.connection(), **asked)
    return Written(rows[0].body, rows[0].form, lasting=True) if rows else None


def record_of(session: Session, period: Period, as_of: datetime | None = None) -> Record:
    """The record behind a period's answer; from its seal on, of the seal's instant and registry."""
    seal = session.get(Seal, period.name)
    if seal is None or (as_of and as_of < seal.published_at):
        return Record(session, period, as_of=as_of)
    registry = sealed(session, period.name)
    return Record(session, as_ruled(period, seal), as_of=seal.sealed_at, registry=registry)


def as_ruled(period: Period, seal: Seal) -> Period:
    """The period under the rules of its seal: a seal from before a key of the policy was made
    without it."""
    if seal.format >= WITH_MIN_ASSESSED:
        return period
    policy = period.policy
    classes = policy.classes.model_copy(update={"min_assessed": 0})
    return replace(period, policy=policy.model_copy(update={"classes": classes}))


def sealed_periods(session: Session) -> Iterator[str]:
    yield from session.scalars(select(Seal.period))


class SealedRow(msgspec.Struct):
    """The members of a sealed row for the next period's ranking; every form has them."""

    office_code: str
    rank: int | None
    composite_exact: str | None


class SealedRows(msgspec.Struct):
    rows: list[SealedRow]


def sealed_rows(record: Record, period: Period, league: League) -> list[SealedRow] | None:
    bodies = SEALED_BY_THEN.rows(
        record.session.connection(),
        period=period.name,
        league=league.value,
        instant=record.as_of or EVER,
    )
    return msgspec.json.decode(bodies[0].body, type=SealedRows).rows if bodies else None


EVER = datetime.max.replace(tzinfo=UTC)
KEPT = select(SealedRanking.body, SealedRanking.form).where(
    SealedRanking.period == parameter("period", sa.Text),
    SealedRanking.league == parameter("league", sa.Text),
)
SEALED = Ready(KEPT)
SEALED_BY_THEN = Ready(
    KEPT.join(Seal, Seal.period == SealedRanking.period).where(
        Seal.published_at <= parameter("instant", sa.TIMESTAMP(timezone=True))
    )
)


def sealed(session: Session, period: str) -> Registry | None:
    """The sealed registry; None where none was kept or it cannot be read."""
    parts = dict(map(tuple, SEALED_REGISTRY.rows(session.connection(), period=period)))
    if not parts.keys() >= PARTS.keys():
        return None
    try:
        return of_parts(tuple((part, parts[part]) for part in PARTS))
    except msgspec.DecodeError:
        return None


SEALED_REGISTRY = Ready(
    select(SealedFacts.part, SealedFacts.lines).where(
        SealedFacts.period == parameter("period", sa.Text),
        SealedFacts.subject == Subject.REGISTRY,
    )
)
