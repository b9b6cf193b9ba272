"""A ranking as CSV: one line for each row, in the same order, with the same numbers."""

from collections.abc import Iterator

from app.kit.sheet import inert, line
from app.rankings.schemas import RankingView, RateView, RowView

RATES = ("response", "resolution", "satisfaction")


def as_csv(ranking: RankingView) -> bytes:
    """UTF-8, a row's members by name, those of a rate as `response_percent` and so on."""
    lines = [line(columns()), *(line(map(inert, cells(row))) for row in ranking.rows)]
    return "".join(lines).encode()


def columns() -> Iterator[str]:
    for name in RowView.model_fields:
        if name in RATES:
            yield from (f"{name}_{part}" for part in RateView.model_fields)
        else:
            yield name


def cells(row: RowView) -> Iterator[object]:
    for name, value in row:
        if isinstance(value, RateView):
            yield from (part for _, part in value)
        else:
            yield " ".join(value) if name == "classes" else value
