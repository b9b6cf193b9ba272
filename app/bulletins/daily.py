"""The bulletin of a day: the places with most requests, and the running rates (RULEBOOK D.13.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from app.bulletins import communities
from app.bulletins.communities import Lane
from app.bulletins.schemas import DayView, LaneView, TopView
from app.kit.decimals import two_decimals
from app.kit.errors import NotFound
from app.kit.messages import Message
from app.kit.workdays import day_of, midnight
from app.period import FIRST_YEAR, NoSuchPeriod, Period
from app.rankings import compute, published
from app.rankings.counting import volumes
from app.rankings.counting.record import Record
from app.rankings.leagues import League
from app.rankings.ranks import competition
from app.rankings.rates import NOTHING, Counts, score
from app.rankings.schemas import RATES, RowView, shown_rate
from app.rankings.service import Asked

ONE_DAY = timedelta(days=1)
STREET = ("office_code", "office_name", "district_code")
RATED = (*RATES, "composite")
Where = TypeVar("Where", str, Lane)
Rows = Mapping[str, RowView]


class NoSuchDay(NotFound):
    title = "That day has not come yet"


def daily(asked: Asked, day: date) -> DayView:
    """The places with the most requests of a day, and their rates from the period's start to the
    end of that day. Refuses NoSuchDay, and NoSuchPeriod as the period's ranking does.
    """
    if day > day_of(asked.now):
        raise NoSuchDay(Message("{day} has not come yet", day=day))
    if day.year < FIRST_YEAR:
        raise NoSuchPeriod(Message("there is no period that {day} falls in", day=day))
    begins, ends = midnight(day), midnight(day + ONE_DAY)
    record = until(asked, begins, ends)
    view = compute.ranking(record, League.STREETS)
    rows = {row.office_code: row for row in view.rows}
    requests = volumes.requests(record, begins, ends)
    return DayView(
        date=day,
        period=view.period,
        sealed=record.as_of is not None,
        policy=view.policy,
        content_hash=view.content_hash,
        requests=sum(requests.values()),
        top=list(top_streets(requests, rows, record.period)),
        lanes=list(top_lanes(record, communities.requests(record, begins, ends), rows)),
    )


def until(asked: Asked, begins: datetime, ends: datetime) -> Record:
    """The record from the period's start to the end of the day. Refuses NoSuchPeriod."""
    period = asked.period(asked.city.periods.of(begins).name)
    record = published.record_of(asked.session, period)
    ends_at = min(ends, period.ends_at)
    return replace(record, period=replace(record.period, ends_at=ends_at))


def top_streets(requests: Mapping[str, int], rows: Rows, period: Period) -> Iterator[TopView]:
    for code, place in most({c: n for c, n in requests.items() if c in rows}, period):
        shown = {name: getattr(rows[code], name) for name in STREET + RATED}
        yield TopView(place=place, requests=requests[code], **shown)


def top_lanes(record: Record, requests: Mapping[Lane, int], rows: Rows) -> Iterator[LaneView]:
    there = {lane: number for lane, number in requests.items() if lane.street_code in rows}
    top = most(there, record.period)
    counted = communities.counts(record, [lane for lane, _ in top]) if top else {}
    for lane, place in top:
        yield LaneView(
            name=lane.name,
            place=place,
            requests=requests[lane],
            **{name: getattr(rows[lane.street_code], name) for name in STREET},
            **rated(counted.get(str(lane), NOTHING), record.period),
        )


def most(requests: Mapping[Where, int], period: Period) -> list[tuple[Where, int]]:
    """The `publish.daily_top` places with most requests, and all equal to the last of them, each
    with its rank, in order."""
    named = {str(where): where for where in requests}
    places = competition({text: (Fraction(requests[where]),) for text, where in named.items()})
    last = period.policy.publish.daily_top
    top = sorted((place, text) for text, place in places.items() if place <= last)
    return [(named[text], place) for place, text in top]


def rated(counts: Counts, period: Period) -> dict[str, Any]:
    weights = period.policy.score.weights_for(League.STREETS)
    rates = score(counts, weights, period.policy.rank.min_reached)
    shown = {name: shown_rate(getattr(rates, name)) for name in RATES}
    return {**shown, "composite": two_decimals(rates.composite)}
