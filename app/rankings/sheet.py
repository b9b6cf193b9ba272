"""A ranking as CSV: one line for each row, in the same order, with the same numbers."""

from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import chain

from app.kit.sheet import inert, line
from app.rankings.bulletin_schemas import BulletinView, DayView, PlaceView
from app.rankings.schemas import IntervalsView, RankingView, RateView, RowView

RATES = ("response", "resolution", "satisfaction")
BOUNDS = ("low", "high")
RATE = tuple(one.name for one in fields(RateView))
COLUMNS = tuple(one.name for one in fields(RowView))
LISTS = ("excluded", "on_hold", "overdue", "rose", "fell")


def as_csv(ranking: RankingView) -> bytes:
    """UTF-8, a row's members by name, those of a rate as `response_percent` and so on."""
    lines = [line(columns()), *(line(map(inert, cells(row))) for row in ranking.rows)]
    return "".join(lines).encode()


def monthly_csv(bulletin: BulletinView) -> bytes:
    """One line for each street of each list, the list's name before it."""
    lists: dict[str, list[PlaceView]] = {
        **{str(listed.name): listed.streets for listed in bulletin.classes},
        **{name: getattr(bulletin, name) for name in LISTS},
    }
    rows = [(name, street) for name, streets in lists.items() for street in streets]
    lines = [line(["list", *PlaceView.model_fields])]
    lines += [line([name, *(inert(value) for _, value in street)]) for name, street in rows]
    return "".join(lines).encode()


def daily_csv(day: DayView) -> bytes:
    names = ("place", "office_code", "office_name", "district_code", "requests", "composite")
    header = [*names, *(f"{rate}_{part}" for rate in RATES for part in RATE)]
    lines = [line(header)]
    for top in day.top:
        shown = [inert(getattr(top, name)) for name in names]
        lines.append(
            line([*shown, *(part for rate in RATES for part in astuple(getattr(top, rate)))])
        )
    return "".join(lines).encode()


def columns() -> Iterator[str]:
    for name in COLUMNS:
        if name in RATES:
            yield from (f"{name}_{part}" for part in RATE)
        elif name == "intervals":
            yield from (f"{rate}_{bound}" for rate in RATES for bound in BOUNDS)
        else:
            yield name


def cells(row: RowView) -> Iterator[object]:
    for name in COLUMNS:
        value = getattr(row, name)
        if isinstance(value, RateView):
            yield from astuple(value)
        elif isinstance(value, IntervalsView):
            yield from chain.from_iterable(astuple(value))
        else:
            yield " ".join(value) if name == "classes" else value
