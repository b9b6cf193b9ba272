"""A ranking as CSV: one line for each row, in the same order, with the same numbers."""

from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import chain

from app.kit.web.sheet import inert, line
from app.rankings.schemas import RATES, IntervalsView, RankingView, RateView, RowView

BOUNDS = ("low", "high")
RATE = tuple(member.name for member in fields(RateView))
COLUMNS = tuple(member.name for member in fields(RowView))


def as_csv(ranking: RankingView) -> bytes:
    """UTF-8, a row's members by name, those of a rate as `response_percent` and so on."""
    lines = [line(columns()), *(line(map(inert, cells(row))) for row in ranking.rows)]
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
