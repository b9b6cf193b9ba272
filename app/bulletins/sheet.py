"""Bulletins as CSV: their lists one below the other, each line with its list's name."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from itertools import chain

from app.bulletins.schemas import (
    BeforeView,
    BulletinView,
    ComparedView,
    CourseView,
    DayView,
    PackView,
    PlaceView,
    QuarterView,
    SpanView,
    TopView,
    WhistlesView,
    YearView,
)
from app.bulletins.words import LISTED, TALLIES
from app.kit.messages import Language, Message
from app.kit.web.sheets.table import Table
from app.rankings.exports.sheet import RATE
from app.rankings.schemas import RATES

LISTS = ("excluded", "on_hold", "overdue", "rose", "fell", "ranking")
TOP = ("place", "office_code", "office_name", "district_code", "requests", "composite")
PRESSED = ("escalations", "supervisions", "hold_reviews")
STREET = ("office_code", "office_name", "district_code")

BEFORE = ("rank", "composite", "volume")
BESIDE = [f"{month}_{name}" for month in ("last_month", "last_year") for name in BEFORE]

Cells = list[object]

COLUMNS = "bulletin column"
WORDS = {"list": LISTED, "what": TALLIES}
MONTH = Table(COLUMNS, ["list", *PlaceView.model_fields], WORDS)
PACK = Table(COLUMNS, [*MONTH.names, *BESIDE], WORDS)
DAY = Table(
    COLUMNS, ["list", "name", *TOP, *(f"{rate}_{part}" for rate in RATES for part in RATE)], WORDS
)
SPAN = Table(
    COLUMNS,
    ["list", *STREET, "period", "rank", "composite", "on_hold", "what", "number"],
    WORDS,
)


def monthly_csv(bulletin: BulletinView, reader: Language) -> bytes:
    lists: dict[str, list[PlaceView]] = {
        **{str(listed.name): listed.streets for listed in bulletin.classes},
        **{name: getattr(bulletin, name) for name in LISTS},
    }
    rows = (
        [name, *(v for _, v in street)] for name, streets in lists.items() for street in streets
    )
    if isinstance(bulletin, PackView):
        alone = ([*row, *[None] * len(BESIDE)] for row in rows)
        return written(PACK, chain(alone, packed(bulletin)), reader)
    return written(MONTH, rows, reader)


def packed(pack: PackView) -> Iterator[Cells]:
    """A kind of matter stands where the office does."""
    for name in ("districts", "streets", "departments", "district_departments", "enterprises"):
        for row in getattr(pack, name):
            place = [getattr(row, column) for column in PlaceView.model_fields]
            before = [getattr(month, n, None) for month in earlier(row) for n in BEFORE]
            yield [name, *place, *before]
    for matter in pack.matters:
        known = {**dict(matter), "office_code": matter.category, "office_name": matter.name}
        known |= {"volume": matter.requests}
        place = [known.get(column) for column in PlaceView.model_fields]
        yield ["matters", *place, None, None, matter.last_month, None, None, matter.last_year]
    praise = pack.praise
    counted = [praise.requests if name == "volume" else None for name in PlaceView.model_fields]
    yield ["praise", *counted, None, None, praise.last_month, None, None, praise.last_year]


def earlier(row: ComparedView) -> tuple[BeforeView | None, BeforeView | None]:
    return row.last_month, row.last_year


def daily_csv(day: DayView, reader: Language) -> bytes:
    streets = (["streets", top.office_name, *cells(top)] for top in day.top)
    lanes = (["lanes", lane.name, *cells(lane)] for lane in day.lanes)
    return written(DAY, chain(streets, lanes), reader)


def cells(top: TopView) -> Iterator[object]:
    yield from (getattr(top, name) for name in TOP)
    yield from chain.from_iterable(astuple(getattr(top, rate)) for rate in RATES)


def quarterly_csv(span: QuarterView, reader: Language) -> bytes:
    lists = (("streets", span.streets),)
    tallies = chain.from_iterable(tallied(span, name) for name in PRESSED)
    whistles = chain(whistled(span, span.whistles), left_open(span))
    return written(SPAN, chain(courses(span, lists), tallies, whistles), reader)


def yearly_csv(span: YearView, reader: Language) -> bytes:
    lists = (("streets", span.streets), ("departments", span.departments))
    total: Cells = ["total", "", "", "", span.span, "", span.total.composite, "", "", ""]
    rows = chain(courses(span, lists), [total], whistled(span, span.whistles))
    return written(SPAN, rows, reader)


def courses(span: SpanView, lists: Iterable[tuple[str, list[CourseView]]]) -> Iterator[Cells]:
    """The city by period, then a line for each office and period."""
    for month in span.periods:
        yield ["city", "", "", "", month.period, "", month.composite, month.on_hold, "", ""]
    for name, offices in lists:
        for office in offices:
            place = [getattr(office, column) for column in STREET]
            figures = zip(office.ranks, office.composites, office.on_hold, strict=True)
            for month, numbers in zip(span.periods, figures, strict=True):
                yield [name, *place, month.period, *numbers, "", ""]


def tallied(span: QuarterView, name: str) -> Iterator[Cells]:
    for tally in getattr(span, name):
        for label, number in tally.counts.items():
            office = (getattr(tally, column) for column in STREET)
            yield [name, *office, span.span, "", "", "", label, number]


def whistled(span: SpanView, counted: WhistlesView) -> Iterator[Cells]:
    """The city's numbers, then those of the streets that blew most."""
    for name, number in counted:
        if isinstance(number, int):
            yield ["whistles", "", "", "", span.span, "", "", "", name, number]
    for street in counted.streets:
        office: Cells = [street.office_code, street.office_name, ""]
        yield ["whistles", *office, span.span, "", "", "", "blown", street.blown]


def left_open(span: QuarterView) -> Iterator[Cells]:
    for whistle in span.open_whistles.longest:
        street = whistle.street
        office: Cells = [street.code, street.name, street.district_code]
        yield ["open_whistles", *office, span.span, "", "", "", whistle.number, ""]


def written(table: Table, rows: Iterable[Iterable[object]], reader: Language) -> bytes:
    return "".join(table.csv(rows, reader)).encode()


def file_name(bulletin: BulletinView | DayView | SpanView) -> Message:
    """Without its ending."""
    match bulletin:
        case DayView(date=day):
            return Message("{day}_daily_bulletin", day=day.isoformat())
        case QuarterView(span=name):
            return Message("{span}_quarterly_bulletin", span=name)
        case SpanView(span=name):
            return Message("{span}_annual_bulletin", span=name)
        case BulletinView(period=period):
            return Message("{period}_monthly_bulletin", period=period)
