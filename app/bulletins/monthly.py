"""The bulletin of a month for its meeting (RULEBOOK D.13.7)."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from app.bulletins import pack, whistles
from app.bulletins.schemas import BulletinView, ClassView, PackView, PlaceView
from app.kit.decimals import two_decimals
from app.rankings.leagues import League
from app.rankings.models import Seal
from app.rankings.published import WITH_PACK
from app.rankings.rates import Standing
from app.rankings.schemas import RATES, RankingQuery, RowView, members
from app.rankings.service import Asked, ranking
from app.rankings.versions import EVERY

MOST_MOVED = 10


def monthly(asked: Asked, name: str) -> BulletinView:
    """The month with the meeting's pack, which a seal of an older format has not. Refuses
    MalformedPeriod, NoSuchPeriod. The pack's counts are made again only when a table behind them
    changed."""
    month = of_streets(asked, name)
    seal = asked.session.get(Seal, month.period) if month.sealed else None
    if seal is not None and seal.format < WITH_PACK:
        return month
    of = pack.months(asked, month.period)
    states = tuple(record and record.period.state(asked.now) for record in of[1:])
    counted = asked.recall()(("pack", month.period, states), EVERY, lambda _: parts(of))
    return PackView(**dict(month), **counted, whistles=whistles.of_month(asked.city, of.this))


def parts(of: pack.Months) -> dict[str, Any]:
    """Of a pack, by its members' names, what rests on the tables behind rankings."""
    leagues = {
        name: pack.compared(of, league, shown, all_rows=league is League.DISTRICTS)
        for name, league in LEAGUES.items()
    }
    return {**leagues, "matters": pack.matters(of), "praise": pack.praise(of)}


LEAGUES = {
    "districts": League.DISTRICTS,
    "streets": League.STREETS,
    "departments": League.CITY_DEPARTMENTS,
    "district_departments": League.DISTRICT_DEPARTMENTS,
    "enterprises": League.ENTERPRISES,
}


def of_streets(asked: Asked, name: str) -> BulletinView:
    view = ranking(asked, name, RankingQuery()).view()
    policy = asked.city.policies.named(view.policy)
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
        rose=furthest([place for place in moved if gain(place) > 0]),
        fell=furthest([place for place in moved if gain(place) < 0]),
        ranking=[place for _, place in places],
    )


def having(
    places: Iterable[tuple[RowView, PlaceView]], number: Callable[[RowView], int]
) -> list[PlaceView]:
    """The streets with a number above zero, the greatest first."""
    pairs = [(row, place) for row, place in places if number(row)]
    return [place for _, place in sorted(pairs, key=lambda pair: -number(pair[0]))]


def furthest(moved: Iterable[PlaceView]) -> list[PlaceView]:
    """The first ten, and all that moved as far as the tenth."""
    ranking = sorted(moved, key=lambda place: -abs(gain(place)))
    border = abs(gain(ranking[:MOST_MOVED][-1])) if ranking else 0
    return [place for place in ranking if abs(gain(place)) >= border]


def gain(place: PlaceView) -> int:
    return place.gained or 0


def share(row: RowView) -> Fraction:
    """The share of tickets excluded on request."""
    return Fraction(row.excluded, max(row.assessed + row.excluded, 1))


def shown(row: RowView) -> PlaceView:
    known = {name: value for name, value in members(row).items() if name in PlaceView.model_fields}
    known |= {name: getattr(row, name).percent for name in RATES}
    gained = row.previous_rank - row.rank if row.rank and row.previous_rank else None
    return PlaceView(**known, gained=gained, excluded_share=two_decimals(100 * share(row)))
