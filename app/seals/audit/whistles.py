"""Whistles on record: every event by its link, every row by the events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.seals.audit import chains
from app.seals.audit.faults import Fault, Kind
from app.whistles import replay
from app.whistles.evaluation.models import WhistleMark
from app.whistles.events import MEMBERS, WhistleEvent, WhistleStatement
from app.whistles.models import Summons, Whistle

AT_ONCE = 1_000

Row = Mapping[Any, Any]
Rows = Mapping[str, list[Row]]

MARK = (*replay.MARK, *replay.APPEAL)

TABLES: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "events": (WhistleEvent, "seq", (*MEMBERS[1:], "link")),
    "statements": (WhistleStatement, "seq", ("seq", "words", "salt")),
    "summonses": (Summons, "office_code", ("office_code", *replay.SUMMONS)),
    "marks": (WhistleMark, "office_code", ("office_code", *MARK)),
}
UNREADABLE = (LookupError, TypeError, ValueError)


def of_whistles(session: Session) -> Iterator[Fault]:
    """Of every whistle on record, and of every one that events tell of."""
    every = select(WhistleEvent.whistle_number).union(select(Whistle.number))
    numbers = iter(sorted(session.scalars(every)))
    while some := list(islice(numbers, AT_ONCE)):
        heads, rows = heads_of(session, some), rows_of(session, some)
        for number in some:
            yield from of_whistle(number, heads.get(number), rows)


def heads_of(session: Session, numbers: Sequence[str]) -> dict[str, Row]:
    table = Whistle.__table__.c
    names = ("number", "chain_head", *replay.WHISTLE)
    query = select(*(table[name] for name in names)).where(table.number.in_(numbers))
    return {row["number"]: row for row in session.execute(query).mappings()}


def rows_of(session: Session, numbers: Sequence[str]) -> dict[str, Rows]:
    """By kind, then by whistle."""
    every: dict[str, Rows] = {}
    for kind, (model, order, names) in TABLES.items():
        table = model.__table__.c
        columns = (table.whistle_number, *(table[name] for name in names))
        query = select(*columns).where(table.whistle_number.in_(numbers)).order_by(table[order])
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in session.execute(query).mappings():
            rows[row["whistle_number"]].append(row)
        every[kind] = rows
    return every


def of_whistle(number: str, head: Row | None, rows: Mapping[str, Rows]) -> Iterator[Fault]:
    events, statements, summonses, marks = (rows[kind].get(number, []) for kind in TABLES)
    yield from chains.linked(number, events, statements, head, MEMBERS)
    if head is None:
        return
    try:
        course = replay.replay(events)
    except UNREADABLE:
        yield Fault(fault=Kind.UNREADABLE, number=number)
        return
    yield from compared(number, "whistle", course.whistle, head, replay.WHISTLE)
    yield from of_offices(number, course.summonses, summonses, "summons", replay.SUMMONS)
    yield from of_offices(number, course.marks, marks, "whistle_mark", MARK)


def of_offices(
    number: str, expected: Mapping[str, Row], kept: Sequence[Row], table: str, names: Sequence[str]
) -> Iterator[Fault]:
    """Rows of a whistle with one for each office."""
    left = {row["office_code"]: row for row in kept}
    for code, expected_row in expected.items():
        row = left.pop(code, None)
        if row is None:
            yield Fault(fault=Kind.MISSING_ROW, number=number, table=table)
        else:
            yield from compared(number, table, expected_row, row, names)
    for _ in left:
        yield Fault(fault=Kind.ADDED_ROW, number=number, table=table)


def compared(
    number: str, table: str, expected: Row, kept: Row, names: Sequence[str]
) -> Iterator[Fault]:
    """The first column that is not what the events tell."""
    false = next((name for name in names if expected[name] != kept[name]), None)
    if false:
        yield Fault(fault=Kind.WRONG_ROW, number=number, table=table, column=false)
