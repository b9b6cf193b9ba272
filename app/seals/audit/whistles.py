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
from app.whistles.models import Attendance, Summons, Whistle, WhistleTicket

AT_ONCE = 1_000

Row = Mapping[Any, Any]
Rows = Mapping[str, list[Row]]

MARK = (*replay.MARK, *replay.APPEAL)

TABLES: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "events": (WhistleEvent, "seq", (*MEMBERS[1:], "link")),
    "statements": (WhistleStatement, "seq", ("seq", "words", "salt")),
    "summonses": (Summons, "office_code", ("office_code", *replay.SUMMONS)),
    "marks": (WhistleMark, "office_code", ("office_code", *MARK)),
    "visits": (Attendance, "seq", ("seq", *replay.VISIT)),
    "tickets": (WhistleTicket, "ticket_number", ("ticket_number",)),
}
UNREADABLE = (LookupError, TypeError, ValueError)


def of_whistles(session: Session) -> Iterator[Fault]:
    """Of every whistle on record, and of every one that events tell of."""
    every = select(WhistleEvent.whistle_number).union(
        select(Whistle.number), select(WhistleStatement.whistle_number)
    )
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
    events, statements, *others = (rows[kind].get(number, []) for kind in TABLES)
    yield from chains.linked(number, events, statements, head, MEMBERS)
    if head is None:
        return
    try:
        course = replay.replay(events)
    except UNREADABLE:
        yield Fault(fault=Kind.UNREADABLE, number=number)
        return
    yield from compared(number, "whistle", course.whistle, head, replay.WHISTLE)
    tickets: dict[str, Row] = {number: {} for number in course.tickets}
    derived: Sequence[Mapping[Any, Row]]
    derived = (course.summonses, course.marks, course.visits, tickets)
    for place, (table, key, names) in enumerate(OF_WHISTLE):
        left = {row[key]: row for row in others[place]}
        yield from of_table(number, derived[place], left, table, names)


OF_WHISTLE = (
    ("summons", "office_code", replay.SUMMONS),
    ("whistle_mark", "office_code", MARK),
    ("attendance", "seq", replay.VISIT),
    ("whistle_ticket", "ticket_number", ()),
)
"""Tables with several rows of a whistle, each under its key, and the columns that are compared."""


def of_table(
    number: str,
    expected: Mapping[Any, Row],
    left: dict[Any, Row],
    table: str,
    names: Sequence[str],
) -> Iterator[Fault]:
    """Rows of a whistle by their keys."""
    for key, expected_row in expected.items():
        row = left.pop(key, None)
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
