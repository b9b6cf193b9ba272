"""The meeting's pack (RULEBOOK D.13.7): the districts first, whose secretaries sit there, then
departments, enterprises and kinds of matter, each beside last month and the same month last year.

A sealed month's is of its seal's instant, the months beside it too.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import add
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import func, select

from app.bulletins.schemas import BeforeView, ComparedView, CountedView, MatterView, PlaceView
from app.kit.decimals import two_decimals
from app.kit.errors import NotFound
from app.rankings.counting import assessments, volumes
from app.rankings.counting.record import Record, within
from app.rankings.leagues import League, rolled_up
from app.rankings.rates import NOTHING, Counts, score
from app.rankings.schemas import RATES, RankingQuery, RowView
from app.rankings.service import Asked, ranking
from app.tickets.life.lifecycle import TicketType
from app.tickets.models import Ticket

T = TypeVar("T")
R = TypeVar("R", Record, Record | None)

UPPERMOST = 2
"""Digits of a category of the first level."""

Shown = Callable[[RowView], PlaceView]


class Months(NamedTuple):
    """The month, the one before and the same of the year before, where there are any."""

    asked: Asked
    this: Record
    before: Record | None
    year_before: Record | None


def months(asked: Asked, name: str) -> Months:
    record = asked.record(name)
    last = record.period.periods.previous(record.period).name
    year = f"{int(name[:4]) - 1}{name[4:]}"
    return Months(asked, record, *(known(asked, other, record) for other in (last, year)))


def known(asked: Asked, name: str, record: Record) -> Record | None:
    """None of a month that had no facts by then."""
    try:
        return asked.record(name, record.as_of)
    except NotFound:
        return None


def compared(of: Months, league: League, shown: Shown, *, all_rows: bool) -> list[ComparedView]:
    """The rows of a league in their order; or those alone that had a case in one of the months."""
    now, before, year_before = (rows(of.asked, record, league, of.this) for record in of[1:])
    views = [
        ComparedView(
            **shown(row).model_dump(by_alias=False),
            assessed=row.assessed,
            last_month=earlier(before.get(code)),
            last_year=earlier(year_before.get(code)),
        )
        for code, row in now.items()
    ]
    return [view for view in views if all_rows or worked(view)]


def rows(asked: Asked, record: Record | None, league: League, this: Record) -> dict[str, RowView]:
    if record is None:
        return {}
    as_of = None if record is this else this.as_of
    view = ranking(asked, record.period.name, RankingQuery(league=league, as_of=as_of)).view()
    return {row.office_code: row for row in view.rows}


def earlier(row: RowView | None) -> BeforeView | None:
    if row is None:
        return None
    return BeforeView(
        rank=row.rank, assessed=row.assessed, composite=row.composite, volume=row.volume
    )


def worked(view: ComparedView) -> bool:
    months = (view, view.last_month, view.last_year)
    return any(month and (month.assessed or month.volume) for month in months)


def matters(of: Months) -> list[MatterView]:
    """Kinds of matter by the categories of the first level, the most frequent first."""
    names = {code: entry.name for code, entry in of.asked.city.catalogue.categories.items()}
    requests = [of_sealed(of, record, "matters", asked_by_matter) for record in of[1:]]
    counts = by_matter(assessments.counts, of.this, add)
    codes = sorted({*requests[0], *counts}, key=lambda code: (-requests[0].get(code, 0), code))
    return [
        MatterView(
            category=code,
            name=names.get(code),
            **dict(zip(MONTHS, (month.get(code, 0) for month in requests), strict=True)),
            assessed=counts.get(code, NOTHING).assessed,
            **rates_of(counts.get(code, NOTHING), of.this),
        )
        for code in codes
    ]


def asked_by_matter(record: Record | None) -> Mapping[str, int]:
    return by_matter(volumes.volumes, record, add)


def of_sealed(of: Months, record: R, name: str, count: Callable[[R], T]) -> T:
    """Counted once of an instant that is past: what was on record then stays so."""
    if record is None or record.as_of is None:
        return count(record)
    key = (name, record.period.name, record.as_of)
    return of.asked.recall()(key, (), lambda _: count(record))


MONTHS = ("requests", "last_month", "last_year")


def by_matter(
    count: Callable[[Record, str], Mapping[str, T]],
    record: Record | None,
    together: Callable[[T, T], T],
) -> Mapping[str, T]:
    if record is None:
        return {}
    counted = count(record, "category")
    return rolled_up(counted, {code: code[:UPPERMOST] for code in counted if code}, together)


def rates_of(counts: Counts, record: Record) -> dict[str, Any]:
    rules = record.period.policy
    scored = score(counts, rules.score.weights, rules.rank.min_reached)
    shown = {name: getattr(scored, name).shown for name in RATES}
    return {**shown, "composite": two_decimals(scored.composite)}


def praise(of: Months) -> CountedView:
    """表扬: praise is counted, and never assessed (D.3)."""
    numbers = (
        0 if record is None else of_sealed(of, record, "praise", praised) for record in of[1:]
    )
    return CountedView(**dict(zip(MONTHS, numbers, strict=True)))


def praised(record: Record) -> int:
    query = select(func.count()).where(
        Ticket.type == TicketType.PRAISE,
        within(Ticket.received_at, record.period),
        *known_by(record),
    )
    return record.session.scalar(query) or 0


def known_by(record: Record) -> Iterator[sa.ColumnElement[bool]]:
    if record.as_of:
        yield from volumes.known_by_then(record.as_of, record.as_of)
