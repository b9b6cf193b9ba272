"""Random forgeries: no row that a number rests on is changed, removed or added without being named.

JIESU_TEST_FORGERIES says how many are tried; the gate tries few.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.kit.rows import table_of
from app.seals import auditing
from app.seals.audit import days, record
from app.seals.audit.course import Row
from app.seals.audit.faults import Fault
from app.tickets.events import Event
from app.tickets.life.links import MEMBERS
from app.tickets.models import ContactMade, Dispatch, Ticket
from tests.aids.given import People
from tests.aids.linking import relink
from tests.aids.sealing import LATER, finished
from tests.conftest import StillClock
from tests.seals.test_derived_decisions import came_excluded, corrected, excluded

TRIED = int(os.environ.get("JIESU_TEST_FORGERIES", "80"))

ANSWERED = [c.name for c in Assessment.__table__.c if c.computed is None]
COUNTED: dict[sa.Table, Sequence[str]] = {
    table_of(Ticket): record.TICKET,
    table_of(Dispatch): ("seq", "role", *record.DISPATCH, *record.LIMITS),
    table_of(ContactMade): ("ticket_number", "seq", *record.CONTACT),
    table_of(Callback): ("ticket_number", "seq", *record.CALL),
    table_of(Assessment): ANSWERED,
    table_of(Exclusion): ("ticket_number", *record.EXCLUSION),
    table_of(Correction): ("ticket_number", *record.CORRECTION),
    table_of(Event): (*MEMBERS, "link"),
}
"""Each table and column that counting, or the audit itself, reads."""

CHANGES = [(table, column) for table, columns in COUNTED.items() for column in columns]


def instants(value: datetime | None) -> st.SearchStrategy[datetime]:
    spans = st.timedeltas(timedelta(days=-40), timedelta(days=40))
    return st.builds(lambda span: (value or LATER) + span, spans)


def documents(value: Row) -> st.SearchStrategy[Row]:
    """With another member, or another value of one."""
    names = st.sampled_from([*value, "resolved", "office_code"])
    values = st.sampled_from([True, "L1", None, 7])
    return st.builds(lambda name, new: {**value, name: new}, names, values)


CODES: list[str | None] = [None, "110105026", "110101001", "110105", "city-market", "0701"]
OTHERS: list[tuple[type[Any], Callable[[Any], st.SearchStrategy[Any]]]] = [
    (sa.TIMESTAMP, instants),
    (sa.Interval, lambda _: st.timedeltas(timedelta(0), timedelta(days=9))),
    (sa.ARRAY, lambda _: st.lists(st.sampled_from(CODES[1:]), max_size=2)),
    (sa.Boolean, lambda _: st.booleans()),
    (sa.Integer, lambda _: st.integers(0, 12)),
    (sa.LargeBinary, lambda _: st.binary(min_size=32, max_size=32)),
    (sa.JSON, documents),
    (sa.Text, lambda _: st.sampled_from(CODES)),
]


def others(column: sa.Column[Any], value: Any) -> st.SearchStrategy[Any]:
    """Values that a forger might put there."""
    if isinstance(column.type, sa.Enum):
        return st.sampled_from([*column.type.enums, None])
    return next(make(value) for kind, make in OTHERS if isinstance(column.type, kind))


def audited(session: Session, app: FastAPI) -> list[Fault]:
    session.expire_all()
    return list(auditing.whole(session, app.state.city))


def city(people: People, clock: StillClock, app: FastAPI) -> None:
    """Tickets of every kind of row, and their days hashed."""
    finished(people, clock)
    excluded(people)
    corrected(people)
    came_excluded(people)
    clock.at = LATER
    with app.state.sessions.begin() as session:
        days.keep(session, clock)
        assert audited(session, app) == []


def row_of(connection: sa.Connection, table: sa.Table, data: st.DataObject) -> Row:
    query = sa.select(table)
    if table is table_of(Dispatch):
        query = query.where(table.c.role == "lead")
    rows = connection.execute(query.order_by(*table.primary_key.columns)).mappings().all()
    return dict(data.draw(st.sampled_from(rows)))


def is_row(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.name] for column in table.primary_key.columns))


def change(connection: sa.Connection, data: st.DataObject) -> None:
    table, name = data.draw(st.sampled_from(CHANGES))
    row, column = row_of(connection, table, data), table.c[name]
    new = data.draw(others(column, row[name]))
    assume(new != row[name])
    note(f"{table} {name}: {row[name]!r} -> {new!r}")
    connection.execute(sa.update(table).where(is_row(table, row)).values({name: new}))


def remove(connection: sa.Connection, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(list(COUNTED)))
    row = row_of(connection, table, data)
    note(f"{table}: {row} removed")
    connection.execute(sa.delete(table).where(is_row(table, row)))


def add(connection: sa.Connection, data: st.DataObject) -> None:
    """A row like another."""
    table = data.draw(st.sampled_from(list(COUNTED)))
    row = row_of(connection, table, data)
    values = {c.name: row[c.name] for c in table.c if c.computed is None and c.identity is None}
    if "seq" in values:
        values["seq"] += data.draw(st.integers(1, 9))
    else:
        numbers = connection.scalars(sa.select(Ticket.number).order_by(Ticket.number)).all()
        key = "number" if table is table_of(Ticket) else "ticket_number"
        values[key] = data.draw(st.sampled_from([*numbers, "BJ202610209999999"]))
    note(f"{table}: {values} added")
    connection.execute(sa.insert(table).values(values))


def change_with_event(connection: sa.Connection, data: st.DataObject) -> None:
    """An event and all links, so that only its day knows better."""
    name = data.draw(st.sampled_from(MEMBERS[2:]))
    table = table_of(Event)
    row = row_of(connection, table, data)
    new = data.draw(others(table.c[name], row[name]))
    assume(new != row[name])
    note(f"event {name}: {row[name]!r} -> {new!r}, and linked anew")
    connection.execute(sa.update(table).where(is_row(table, row)).values({name: new}))
    relink(connection)


FORGERIES = [change, change, change, remove, add, change_with_event]


def test_no_random_forgery_passes(people: People, clock: StillClock, app: FastAPI) -> None:
    city(people, clock, app)

    @settings(
        max_examples=TRIED,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(data=st.data(), forge=st.sampled_from(FORGERIES))
    def forged(data: st.DataObject, forge: Any) -> None:
        with app.state.engine.connect() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            try:
                forge(connection, data)
            except (IntegrityError, DataError):
                assume(False)  # the database itself refuses it
            assert audited(Session(connection), app) != []

    forged()
