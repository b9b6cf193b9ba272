"""Bulletins of a day and of a month (RULEBOOK D.13.5, D.13.7), made from rankings alone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from app.kit.errors import NotFound
from app.kit.workdays import midnight
from app.period import Periods
from app.rankings import computed, facts
from app.rankings.bulletin_schemas import BulletinView, ClassView, DayView, PlaceView, TopView
from app.rankings.facts import Record
from app.rankings.leagues import League
from app.rankings.ranking import competition
from app.rankings.rates import Standing, two_decimals
from app.rankings.schemas import RankingQuery, RowView, members
from app.rankings.service import Asked, ranking

ONE_DAY = timedelta(days=1)
MOST_MOVED = 10


class NoSuchDay(NotFound):
    title = "That day has not come yet"


def monthly(asked: Asked, name: str) -> BulletinView:
    """Refuses MalformedPeriod, NoSuchPeriod."""
    view = ranking(asked, name, RankingQuery()).ranking()
    policy = asked.desk.policies.named(view.policy)
    places = [(row, shown(row)) for row in view.rows]
    moved = [place for _, place in places if place.gained]
    ranked = sum(row.status is Standing.RANKED for row in view.rows)
    return BulletinView(
        period=view.period,
        sealed=view.sealed,
        policy=view.policy,
        content_hash=view.content_hash,
        ranked=ranked,
        not_ranked=len(view.rows) - ranked,
        classes=[
            ClassView(name=name, streets=[place for row, place in places if name in row.classes])
            for name in policy.classes.precedence
        ],
        excluded=having(places, lambda row: row.excluded),
        excluded_too_often=[
            row.office_code for row in view.rows if share(row) > policy.exclude.rate_alert
        ],
        on_hold=having(places, lambda row: row.on_hold),
        overdue=having(places, lambda row: row.overdue),
        rose=sorted((p for p in moved if gain(p) > 0), key=gain, reverse=True)[:MOST_MOVED],
        fell=sorted((p for p in moved if gain(p) < 0), key=gain)[:MOST_MOVED],
    )


def having(
    places: Iterable[tuple[RowView, PlaceView]], number: Callable[[RowView], int]
) -> list[PlaceView]:
    """Every street with any, the greatest number first."""
    found = [(row, place) for row, place in places if number(row)]
    return [place for _, place in sorted(found, key=lambda pair: -number(pair[0]))]


def gain(place: PlaceView) -> int:
    return place.gained or 0


def share(row: RowView) -> Fraction:
    """Of the tickets that would have counted, how many were excluded on request."""
    return Fraction(row.excluded, max(row.assessed + row.excluded, 1))


def shown(row: RowView) -> PlaceView:
    known = {name: value for name, value in members(row).items() if name in PlaceView.model_fields}
    gained = row.previous_rank - row.rank if row.rank and row.previous_rank else None
    return PlaceView(**known, gained=gained, excluded_share=two_decimals(100 * share(row)))


def daily(asked: Asked, day: date) -> DayView:
    """The places with the most requests of a day, `publish.daily_top` of them and all that are
    equal to the last, with the rates from the period's start to the end of that day.

    Refuses NoSuchDay.
    """
    begins, ends = midnight(day), midnight(day + ONE_DAY)
    if begins > asked.now:
        raise NoSuchDay(f"{day} has not come yet")
    period = next(Periods(asked.desk.policies).between(begins, begins))
    so_far = replace(period, ends_at=min(ends, period.ends_at))
    record = Record(asked.session, so_far)
    most = period.policy.publish.daily_top
    view = computed.ranking(record, asked.desk, League.STREETS)
    requests = facts.requests(record, begins, ends)
    counted = {row.office_code: requests.get(row.office_code, 0) for row in view.rows}
    places = competition({code: (Fraction(n),) for code, n in counted.items() if n})
    top = [row for row in view.rows if 0 < places.get(row.office_code, 0) <= most]
    return DayView(
        date=day,
        period=period.name,
        policy=view.policy,
        content_hash=view.content_hash,
        requests=sum(requests.values()),
        top=[
            TopView(
                place=places[row.office_code],
                requests=counted[row.office_code],
                **{n: value for n, value in members(row).items() if n in TopView.model_fields},
            )
            for row in sorted(top, key=lambda row: (places[row.office_code], row.office_code))
        ],
    )
