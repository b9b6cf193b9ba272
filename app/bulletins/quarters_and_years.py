"""The bulletins of a quarter and of a year (RULEBOOK D.13.7), made from their periods' rankings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.bulletins import escalations, whistles
from app.bulletins.escalations import Span
from app.bulletins.schemas import CourseView, MonthView, QuarterView, TotalView, YearView
from app.kit.decimals import two_decimals
from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message
from app.period import Period, State
from app.policy.keys import Class, Weights
from app.rankings import registry
from app.rankings.counting import assessments
from app.rankings.leagues import League
from app.rankings.rates import Rate, Standing, composite
from app.rankings.schemas import RATES, RankingQuery, RankingView, RateView, RowView, shown_rate
from app.rankings.service import Asked, ranking

QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
YEAR = re.compile(r"([0-9]{4})")
SUMS = ("volume", "excluded", "on_hold", "overdue")
WHOLE = ("assessed", "volume", "excluded", "overdue")


class MalformedSpan(Invalid):
    title = "A quarter is named like 2026-Q3, a year like 2026"


class NoSuchSpan(NotFound):
    title = "Nothing was assessed then, or it has not begun"


def quarterly(asked: Asked, name: str) -> QuarterView:
    """Refuses MalformedSpan, NoSuchSpan."""
    match = QUARTER.fullmatch(name)
    if match is None:
        raise MalformedSpan(Message("{name!r} is no quarter like 2026-Q3", name=name))
    last = 3 * int(match[2])
    known = begun(asked, name, [f"{match[1]}-{month:02}" for month in range(last - 2, last + 1)])
    view = span(asked, name, known, 3)
    pressed = counted_span(asked, known, view)
    offices = asked.record(known[-1].name).registry or registry.known(asked.session)
    return QuarterView(
        **view,
        **{
            listed: escalations.tallies(asked.session, query(pressed), offices)
            for listed, query in PRESSED.items()
        },
        whistles=whistles.whistles(asked.city, asked.session, pressed),
        open_whistles=whistles.left_open(asked.city, asked.session, pressed),
    )


def counted_span(asked: Asked, known: Sequence[Period], view: Mapping[str, Any]) -> Span:
    """A sealed span's events as of its last seal."""
    as_of = asked.record(known[-1].name).as_of
    until = as_of if view["sealed"] and as_of else asked.now
    return Span(known[0].starts_at, known[-1].ends_at, until)


PRESSED = {
    "escalations": escalations.escalations,
    "supervisions": escalations.supervisions,
    "hold_reviews": escalations.hold_reviews,
}


def yearly(asked: Asked, name: str) -> YearView:
    """Refuses MalformedSpan, NoSuchSpan."""
    if YEAR.fullmatch(name) is None:
        raise MalformedSpan(Message("{name!r} is no year like 2026", name=name))
    known = begun(asked, name, [f"{name}-{month:02}" for month in range(1, 13)])
    view = span(asked, name, known, 12)
    departments = courses(rankings(asked, known, League.CITY_DEPARTMENTS))
    weights = known[-1].policy.score.weights_for(League.STREETS)
    blown = whistles.whistles(asked.city, asked.session, counted_span(asked, known, view))
    return YearView(
        **view,
        departments=departments,
        total=total(view["periods"], weights),
        whistles=blown,
    )


def span(asked: Asked, name: str, known: Sequence[Period], months: int) -> dict[str, Any]:
    """The members of a SpanView."""
    views = rankings(asked, known, League.STREETS)
    streets = courses(views)
    precedence = known[-1].policy.classes.precedence
    return {
        "span": name,
        "sealed": len(views) == months and all(view.sealed for view in views),
        "periods": [month(asked, *pair) for pair in zip(known, views, strict=True)],
        "classes": {listed: having(streets, listed) for listed in precedence},
        "holds": sorted((s for s in streets if s.on_hold[-1]), key=lambda s: -s.on_hold[-1]),
        "streets": streets,
    }


def rankings(asked: Asked, known: Iterable[Period], league: League) -> list[RankingView]:
    query = RankingQuery(league=league)
    return [ranking(asked, period.name, query).view() for period in known]


def total(periods: Sequence[MonthView], weights: Weights) -> TotalView:
    pools = {name: summed(getattr(month, name) for month in periods) for name in RATES}
    score = city(pools, weights)
    return TotalView(
        composite=two_decimals(score),
        composite_exact=None if score is None else str(score),
        **{name: shown_rate(rate) for name, rate in pools.items()},
        **{name: sum(getattr(month, name) for month in periods) for name in WHOLE},
    )


def begun(asked: Asked, name: str, months: Iterable[str]) -> list[Period]:
    """Refuses NoSuchSpan."""
    periods = asked.city.periods
    first = assessments.first_assessed_at(asked.session, asked.now) or asked.now
    named = map(periods.named, months)
    known = [period for period in named if period.starts_at <= asked.now and period.ends_at > first]
    if not known:
        raise NoSuchSpan(
            Message("{name} has no period yet in which anything was assessed", name=name)
        )
    return known


def having(streets: Iterable[CourseView], listed: Class) -> list[CourseView]:
    """The streets that were in a class, most often first."""
    members = [street for street in streets if street.classes.get(listed)]
    return sorted(members, key=lambda street: -street.classes[listed])


def month(asked: Asked, period: Period, view: RankingView) -> MonthView:
    pools = {name: pooled(view, name) for name in RATES}
    weights = period.policy.score.weights_for(League.STREETS)
    total = city(pools, weights)
    ended = State.SEALED if view.sealed else period.state(asked.now)
    return MonthView(
        period=view.period,
        state=ended,
        policy=view.policy,
        content_hash=view.content_hash,
        ranked=sum(row.status is Standing.RANKED for row in view.rows),
        assessed=sum(row.assessed for row in view.rows),
        composite=two_decimals(total),
        composite_exact=None if total is None else str(total),
        **{name: shown_rate(rate) for name, rate in pools.items()},
        **{name: sum(getattr(row, name) for row in view.rows) for name in SUMS},
    )


def pooled(view: RankingView, name: str) -> Rate:
    """The city's rate."""
    return summed(getattr(row, name) for row in view.rows)


def summed(rates: Iterable[RateView]) -> Rate:
    """The sums of all numerators and of all denominators."""
    parts = tuple(rates)
    numerator = sum((Fraction(rate.numerator) for rate in parts), Fraction(0))
    return Rate(numerator, sum(rate.denominator for rate in parts))


def city(pools: Mapping[str, Rate], weights: Weights) -> Fraction | None:
    if not all(rate.denominator for rate in pools.values()):
        return None
    return composite((getattr(weights, name), rate) for name, rate in pools.items())


def courses(views: Sequence[RankingView]) -> list[CourseView]:
    """Every street with a row, by code, and its course through the periods."""
    tables = [{row.office_code: row for row in view.rows} for view in views]
    codes = sorted({code for table in tables for code in table})
    return [course([table.get(code) for table in tables]) for code in codes]


def course(rows: Sequence[RowView | None]) -> CourseView:
    there = [row for row in rows if row]
    named: list[Class] = [listed for row in there for listed in row.classes]
    return CourseView(
        office_code=there[-1].office_code,
        office_name=there[-1].office_name,
        district_code=there[-1].district_code,
        ranks=[row and row.rank for row in rows],
        composites=[row and row.composite for row in rows],
        on_hold=[row.on_hold if row else 0 for row in rows],
        volume=sum(row.volume for row in there),
        excluded=sum(row.excluded for row in there),
        overdue=sum(row.overdue for row in there),
        classes={listed: named.count(listed) for listed in dict.fromkeys(named)},
    )
