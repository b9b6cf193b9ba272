"""Bulletins as CSV: their lists one below the other, each line with its list's name."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from itertools import chain

from app.kit.sheet import inert, line
from app.rankings.bulletin_schemas import BulletinView, DayView, PlaceView, SpanView, TopView
from app.rankings.schemas import RATES
from app.rankings.sheet import RATE

LISTS = ("excluded", "on_hold", "overdue", "rose", "fell", "ranking")
TOP = ("place", "office_code", "office_name", "district_code", "requests", "composite")
STREET = ("office_code", "office_name", "district_code")


def monthly_csv(bulletin: BulletinView) -> bytes:
    lists: dict[str, list[PlaceView]] = {
        **{str(listed.name): listed.streets for listed in bulletin.classes},
        **{name: getattr(bulletin, name) for name in LISTS},
    }
    rows = ([name, *(v for _, v in one)] for name, streets in lists.items() for one in streets)
    return written(["list", *PlaceView.model_fields], rows)


def daily_csv(day: DayView) -> bytes:
    header = ["list", "name", *TOP, *(f"{rate}_{part}" for rate in RATES for part in RATE)]
    streets = (["streets", top.office_name, *cells(top)] for top in day.top)
    lanes = (["lanes", lane.name, *cells(lane)] for lane in day.lanes)
    return written(header, chain(streets, lanes))


def cells(top: TopView) -> Iterator[object]:
    yield from (getattr(top, name) for name in TOP)
    yield from chain.from_iterable(astuple(getattr(top, rate)) for rate in RATES)


def span_csv(span: SpanView) -> bytes:
    """One line for each street and period."""
    rows = (
        [*(getattr(street, name) for name in STREET), month.period, *told]
        for street in span.streets
        for month, *told in zip(
            span.periods, street.ranks, street.composites, street.on_hold, strict=True
        )
    )
    return written([*STREET, "period", "rank", "composite", "on_hold"], rows)


def written(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    return "".join([line(header), *(line(map(inert, row)) for row in rows)]).encode()
