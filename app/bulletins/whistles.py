"""Whistles 吹哨 of a month, counted from their events: a sealed month's as of its seal."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import func, select

from app.bulletins.schemas import BlowingView, WhistlesView
from app.city import City
from app.rankings.counting.record import Record, within
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import WhistleAction, WhistleStatus
from app.whistles.models import Whistle

A = WhistleAction

MOST_STREETS = 10

COUNTED = {
    "settled": WhistleEvent.action == A.SETTLE,
    "ruled_false": (WhistleEvent.action == A.RULE_FALSE)
    & (WhistleEvent.to_status == WhistleStatus.FALSE),
    "absent": WhistleEvent.action == A.ABSENT,
    "left_early": (WhistleEvent.action == A.LEAVE) & WhistleEvent.data["early"].as_boolean(),
    "raised": WhistleEvent.action == A.ESCALATE,
}
"""Of events in the month."""


def whistles(city: City, record: Record) -> WhistlesView:
    """What was blown in the month, by whom most, and what became of whistles in it."""
    streets = blown(record)
    most = sorted(streets.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_STREETS]
    return WhistlesView(
        blown=sum(streets.values()),
        **{name: number(record, condition) for name, condition in COUNTED.items()},
        streets=[
            BlowingView(office_code=code, office_name=name_of(city, code), blown=count)
            for code, count in most
        ],
    )


def name_of(city: City, code: str) -> str:
    office = city.offices.get(code)
    return office.name if office else code


def blown(record: Record) -> Counter[str]:
    """By street."""
    query = (
        select(Whistle.street_code, func.count())
        .join(WhistleEvent, WhistleEvent.whistle_number == Whistle.number)
        .where(WhistleEvent.action == A.BLOW, *in_month(record))
        .group_by(Whistle.street_code)
    )
    return Counter({row[0]: row[1] for row in record.session.execute(query)})


def number(record: Record, condition: sa.ColumnElement[bool]) -> int:
    """Whistles of which there was such an event; of summonses each counts."""
    query = select(func.count()).where(condition, *in_month(record))
    return record.session.scalar(query) or 0


def in_month(record: Record) -> Iterator[sa.ColumnElement[bool]]:
    yield within(WhistleEvent.at, record.period)
    if record.as_of:
        yield WhistleEvent.at <= record.as_of
