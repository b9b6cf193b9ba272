"""A ranking as CSV or as a workbook: a line for each row, in the same order, with the same numbers;
the headings and the codes in words."""

from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import chain
from typing import get_args

from app.kit.messages import Language, Message, Vocabulary
from app.kit.web.sheets.table import Table
from app.kit.web.sheets.workbook import workbook
from app.offices.gazetteer import StreetKind
from app.policy.keys import Class
from app.rankings.leagues import League
from app.rankings.ranks import GRADES
from app.rankings.rates import Standing
from app.rankings.schemas import RATES, IntervalsView, RankingView, RateView, RowView

BOUNDS = ("low", "high")
RATE = tuple(member.name for member in fields(RateView))
MEMBERS = tuple(member.name for member in fields(RowView))

COLUMNS = "ranking column"
GRADE_WORDS = Vocabulary("Grade", GRADES)
CLASSES = Vocabulary("Class", get_args(Class))
LEAGUES = Vocabulary.of(League)
WORDS = {
    "status": Vocabulary.of(Standing),
    "classes": CLASSES,
    "primary_class": CLASSES,
    "grade": GRADE_WORDS,
    "group": Vocabulary("ranking group", ("q1", "q2", "q3", "q4", *StreetKind)),
}


def columns() -> Iterator[str]:
    for name in MEMBERS:
        if name in RATES:
            yield from (f"{name}_{part}" for part in RATE)
        elif name == "intervals":
            yield from (f"{rate}_{bound}" for rate in RATES for bound in BOUNDS)
        else:
            yield name


TABLE = Table(COLUMNS, columns(), WORDS)


def as_csv(ranking: RankingView, reader: Language) -> bytes:
    """UTF-8, a row's members by name, those of a rate as `response_percent` and so on."""
    return "".join(TABLE.csv(map(cells, ranking.rows), reader)).encode()


def as_workbook(ranking: RankingView, reader: Language) -> bytes:
    rows = (TABLE.cells(cells(row), reader) for row in ranking.rows)
    title = f"{ranking.period}_{LEAGUES.word(ranking.league, reader)}"
    return workbook(title, TABLE.headings(reader), rows)


def title(ranking: RankingView) -> Message:
    """As the file is called, without its ending."""
    return Message("{period}_{league}", period=ranking.period, league=ranking.league)


def cells(row: RowView) -> Iterator[object]:
    for name in MEMBERS:
        value = getattr(row, name)
        if isinstance(value, RateView):
            yield from astuple(value)
        elif isinstance(value, IntervalsView):
            yield from chain.from_iterable(astuple(value))
        else:
            yield value
