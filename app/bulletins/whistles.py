"""Whistles 吹哨 of a month, a quarter or a year, counted from their events; of a sealed one as
of its seal."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.bulletins.escalations import Span
from app.bulletins.schemas import BlowingView, OpenWhistlesView, OpenWhistleView, WhistlesView
from app.city import City
from app.rankings.counting.record import Record
from app.tickets.views.schemas import OfficeBrief
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import UNSETTLED, WhistleAction, WhistleStatus
from app.whistles.models import Whistle

A = WhistleAction

MOST_STREETS = 10
MOST_OPEN = 50

COUNTED = {
    "settled": WhistleEvent.action == A.SETTLE,
    "ruled_false": (WhistleEvent.action == A.RULE_FALSE)
    & (WhistleEvent.to_status == WhistleStatus.FALSE),
    "absent": WhistleEvent.action == A.ABSENT,
    "left_early": (WhistleEvent.action == A.LEAVE) & WhistleEvent.data["early"].as_boolean(),
    "raised": WhistleEvent.action == A.ESCALATE,
}
"""Of events in the span."""


def of_month(city: City, record: Record) -> WhistlesView:
    """What was blown in the month, by whom most, and what became of whistles in it."""
    period = record.period
    until = record.as_of or period.ends_at
    return whistles(city, record.session, Span(period.starts_at, period.ends_at, until))


def whistles(city: City, session: Session, span: Span) -> WhistlesView:
    streets = blown(session, span)
    most = sorted(streets.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_STREETS]
    return WhistlesView(
        blown=sum(streets.values()),
        **{name: number(session, span, condition) for name, condition in COUNTED.items()},
        streets=[
            BlowingView(office_code=code, office_name=brief(city, code).name, blown=count)
            for code, count in most
        ],
    )


def brief(city: City, code: str) -> OfficeBrief:
    office = city.offices.get(code)
    name, district = (office.name, office.district_code) if office else (code, None)
    return OfficeBrief(code=code, name=name, district_code=district)


def blown(session: Session, span: Span) -> Counter[str]:
    """By street."""
    query = (
        select(Whistle.street_code, func.count())
        .join(WhistleEvent, WhistleEvent.whistle_number == Whistle.number)
        .where(WhistleEvent.action == A.BLOW, span.holds(WhistleEvent.at))
        .group_by(Whistle.street_code)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def number(session: Session, span: Span, condition: sa.ColumnElement[bool]) -> int:
    """Whistles of which there was such an event; of summonses each counts."""
    query = select(func.count()).where(condition, span.holds(WhistleEvent.at))
    return session.scalar(query) or 0


def left_open(city: City, session: Session, span: Span) -> OpenWhistlesView:
    """Those that were neither settled nor ended when the span did; the longest open are named."""
    last = last_events(span).subquery()
    raised = (
        select(WhistleEvent.seq)
        .where(WhistleEvent.whistle_number == Whistle.number, WhistleEvent.action == A.ESCALATE)
        .where(*until_its_end(span))
        .exists()
    )
    query = (
        select(Whistle, last.c.to_status, raised, func.count().over())
        .join(last, last.c.whistle_number == Whistle.number)
        .where(last.c.to_status.in_(UNSETTLED))
        .order_by(Whistle.blown_at, Whistle.number)
        .limit(MOST_OPEN)
    )
    rows = session.execute(query).all()
    return OpenWhistlesView(
        number=rows[0][3] if rows else 0,
        longest=[
            OpenWhistleView(
                number=whistle.number,
                street=brief(city, whistle.street_code),
                kind=whistle.kind,
                level=whistle.level,
                status=status,
                blown_at=whistle.blown_at,
                raised=was_raised,
            )
            for whistle, status, was_raised, _ in rows
        ],
    )


def last_events(span: Span) -> sa.Select[str, WhistleStatus]:
    """The last one of each whistle before the span ended."""
    of_whistle = WhistleEvent.whistle_number
    return (
        select(of_whistle, WhistleEvent.to_status)
        .ext(distinct_on(of_whistle))
        .where(*until_its_end(span))
        .order_by(of_whistle, WhistleEvent.seq.desc())
    )


def until_its_end(span: Span) -> Iterator[sa.ColumnElement[bool]]:
    yield WhistleEvent.at < span.ends
    yield WhistleEvent.at <= span.until
