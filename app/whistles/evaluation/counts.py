"""How a street's whistles called each office in a time: how it came, and answered supervisions
(RULEBOOK D.15, beside the proposed mark)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.kit.ready import Ready
from app.whistles.evaluation.records import SINCE, STREET, UNTIL, evaluator
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import SummonsKind, SummonsStatus, WhistleAction, WhistleStatus
from app.whistles.models import Summons, Whistle


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
    asked = {"since": since, "until": until, "street": street}
    rows = SUMMONED.rows(session.connection(), **asked)
    return {code: Summoned(*counts) for code, *counts in rows}


def of_summoned() -> Select[*tuple[Any, ...]]:
    left_out = (WhistleStatus.FALSE, WhistleStatus.CANCELLED)
    ruled = Summons.objected_at.is_not(None) & (Summons.status != SummonsStatus.OBJECTED)
    return (
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
            evaluator() == STREET,
            Whistle.blown_at >= SINCE,
            Whistle.blown_at < UNTIL,
            Whistle.status.not_in(left_out),
            Summons.kind == SummonsKind.DEPARTMENT,
            Summons.status != SummonsStatus.WITHDRAWN_BY_RULING,
        )
        .group_by(Summons.office_code)
    )


SUMMONED = Ready(of_summoned())


def supervised(
    session: Session, since: datetime, until: datetime, street: str
) -> Mapping[str, tuple[int, int, int, int]]:
    """By office that the street evaluates: supervisions 督办 that were asked in a time; of these
    the answered ones, those answered late, and those not answered though their time is over,
    whenever that is."""
    asked = {"since": since, "until": until, "street": street}
    rows = SUPERVISED.rows(session.connection(), **asked)
    return {code: (count, *rest) for code, count, *rest in rows}


def of_supervised() -> Select[*tuple[Any, ...]]:
    asked = select(WhistleEvent).where(WhistleEvent.action == WhistleAction.SUPERVISE)
    asked = asked.where(WhistleEvent.at >= SINCE, WhistleEvent.at < UNTIL)
    ask = aliased(WhistleEvent, asked.subquery())
    office = ask.data["office_code"].astext
    answer = first_after(ask, WhistleAction.ANSWER).lateral()
    silence = first_after(ask, WhistleAction.UNANSWERED).lateral()
    in_silence = silence.c.seq < func.coalesce(answer.c.seq, silence.c.seq + 1)
    return (
        select(
            office,
            func.count(),
            func.count(answer.c.seq),
            func.count().filter(in_silence, answer.c.seq.is_not(None)),
            func.count().filter(in_silence, answer.c.seq.is_(None)),
        )
        .select_from(ask)
        .join(Whistle, Whistle.number == ask.whistle_number)
        .join(Summons, of_the_office(ask))
        .outerjoin(answer, sa.true())
        .outerjoin(silence, sa.true())
        .where(evaluator() == STREET)
        .group_by(office)
    )


def of_the_office(ask: type[WhistleEvent]) -> sa.ColumnElement[bool]:
    """The summons of the office that was asked."""
    return sa.and_(
        Summons.whistle_number == ask.whistle_number,
        Summons.office_code == ask.data["office_code"].astext,
    )


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


SUPERVISED = Ready(of_supervised())
