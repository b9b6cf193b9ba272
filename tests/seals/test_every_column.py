"""Every column of every table: compared by an audit, or said in `columns_left_out.txt` to be no
part of it, and why. A new column is in neither, and fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment
from app.evaluations.events import MEMBERS as OF_BOOK
from app.forces.recording import MEMBERS as OF_ROSTER
from app.seals import auditing
from app.seals.audit import evaluations, record, rosters, whistles
from app.seals.audit import service as audit
from app.seals.audit.faults import Fault
from app.tables import metadata
from app.tickets.life.links import MEMBERS as OF_TICKET
from app.whistles import replay
from app.whistles.events import MEMBERS as OF_WHISTLE
from tests.aids import given
from tests.aids.given import WANGJING, People
from tests.aids.sealing import finished
from tests.attachments.test_attachments import attach
from tests.callbacks import test_disputes
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import appeals, decides, marked
from tests.evaluations.test_whistles_on_record import evaluated
from tests.seals import test_roster_audit
from tests.seals.test_audited_whistles import eventful
from tests.seals.test_derived_decisions import came_excluded, excluded
from tests.seals.test_proceedings import LIVES
from tests.seals.test_record import group
from tests.whistles import blown
from tests.whistles.blown import MARKET

COMPARED: dict[str, Sequence[str]] = {
    "ticket": ("number", *record.TICKET),
    "event": (*OF_TICKET, "link"),
    "statement": ("ticket_number", "seq", "words", "salt"),
    "request": ("title", "content", "address", "source", "salt"),
    "former_citizen": ("ticket_number", "seq", "former", "corrected", "salt"),
    "dispatch": ("ticket_number", "seq", *record.DISPATCH, *record.LIMITS, *record.HELPER),
    "contact": ("ticket_number", "seq", *record.CONTACT),
    "objection": ("ticket_number", "seq", *record.OBJECTION),
    "extension": ("ticket_number", "seq", *record.EXTENSION),
    "hold": ("ticket_number", "seq", *record.HOLD),
    "supervision": ("ticket_number", "seq", *record.SUPERVISION),
    "advice": ("ticket_number", "seq", *record.ADVICE),
    "attachment": ("ticket_number", *record.ATTACHMENT),
    "callback": ("ticket_number", "seq", *record.CALL),
    "assessment": [c.name for c in Assessment.__table__.c if c.computed is None],
    "exclusion": ("ticket_number", *record.EXCLUSION),
    "exclusion_request": ("ticket_number", *record.EXCLUSION_REQUEST),
    "dispute": record.DISPUTE,
    "correction": ("ticket_number", *record.CORRECTION),
    "whistle": ("number", "chain_head", *replay.WHISTLE),
    "whistle_event": (*OF_WHISTLE, "link"),
    "whistle_statement": ("whistle_number", "seq", "words", "salt"),
    "whistle_mark": ("whistle_number", "office_code", *whistles.MARK),
    "whistle_ticket": ("whistle_number", "ticket_number"),
    "summons": ("whistle_number", "office_code", *replay.SUMMONS),
    "attendance": ("whistle_number", "seq", *replay.VISIT),
    "evaluation_book": ("term", "owner_code", "seq", "link"),
    "evaluation_event": (*OF_BOOK, "link"),
    "evaluation_statement": ("term", "owner_code", "seq", "words", "salt"),
    "force": ("street_code", "model", "version", "chain_head"),
    "force_event": (*OF_ROSTER, "link"),
    "force_statement": ("street_code", "seq", "words", "salt"),
    "force_member": (
        *("street_code", "office_code", "kind"),
        *("name", "phone", "duty", "joined_at", "left_at"),
    ),
    "force_shift": ("member_id", "street_code", "starts_at", "ends_at", "cancelled_at"),
    "force_day": ("member_id", "day", "present", "seq"),
    "force_mark": ("member_id", "month", "mark", "seq"),
}
"""By `jiesu audit verify`: forged below, each of them."""


def left_out() -> dict[str, str]:
    """Reasons by `table.column`, or by the table where it is for all of its columns."""
    lines = (Path(__file__).parent / "columns_left_out.txt").read_text().splitlines()
    pairs = [line.split(": ", 1) for line in lines if line and not line.startswith("#")]
    return {name: reason for names, reason in pairs for name in names.split(", ")}


def test_each_column_is_compared_or_has_a_reason_why_not() -> None:
    every = {f"{t.name}.{c.name}" for t in metadata.tables.values() for c in t.c}
    compared = {f"{table}.{column}" for table, names in COMPARED.items() for column in names}
    reasons = left_out()
    excused = {name for name in every if {name, name.split(".")[0]} & reasons.keys()}

    assert every - compared - excused == set()
    assert compared - every == compared & excused == set()
    assert reasons.keys() <= every | metadata.tables.keys()
    assert all(len(reason) > 10 for reason in reasons.values())


def test_no_forged_column_passes(people: People, app: FastAPI, clock: StillClock) -> None:
    """Each compared column of a row that has it, if there is one, with another value."""
    test_roster_audit.lived(people, clock)
    eventful(people, app, clock)
    for live in (*LIVES.values(), group, disputed, refined):
        live(people, clock)
    excluded(people)
    came_excluded(people)
    marked(people, WANGJING, 60, veto={"text": "拒不到场。"})
    appeals(people)
    decides(people, approve=False)
    evaluated(people)
    blown.blow(people, MARKET, ticket_numbers=[given.ticket(people)])
    with app.state.engine.connect() as connection:
        assert [*faults_of(connection, app, "", {})] == []
        passed = {
            f"{table}.{column}"
            for table, columns in COMPARED.items()
            for column in columns
            if not is_found(connection, app, metadata.tables[table], column)
        }
    assert passed == set()


def disputed(people: People, clock: StillClock) -> None:
    """An office doubts what the citizen said, and the recording is heard again."""
    _, callback = test_disputes.called(people)
    assert test_disputes.dispute(people, callback).status_code == 200
    clock.tick(hours=1)
    assert test_disputes.correct(people, callback).status_code == 200


def refined(people: People, clock: StillClock) -> None:
    """Of a closed matter, with a photograph, corrected, added to and made secret."""
    caller = {"name": "张三", "phone": "13900005678"}
    first = finished(people, clock, citizen=caller)
    clock.tick(hours=1)
    number = given.ticket(people, citizen=caller)
    assert people.operator.get(f"/tickets/{number}").json()["repeat_of"] == first
    attach(people, number)
    corrected = {"title": "噪声", "citizen": {"phone": "139 0000 5679"}, "reason": "抄错"}
    people.operator.does("correct", number, **corrected)
    people.operator.does("add", number, text="今夜又在施工。")
    people.operator.does("conceal", number, reason="诉求人要求保密")


def is_found(connection: sa.Connection, app: FastAPI, table: sa.Table, name: str) -> bool:
    column = table.c[name]
    row = first(connection, table, column)
    is_row = sa.and_(*(key == row[key.name] for key in table.primary_key.columns))
    with connection.begin_nested() as forgery:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        changed = sa.update(table).where(is_row).values({name: another(column, row[name])})
        connection.execute(changed)
        named = next(faults_of(connection, app, table.name, row), None)
        forgery.rollback()
    return named is not None


def first(connection: sa.Connection, table: sa.Table, column: sa.Column[Any]) -> sa.RowMapping:
    """A row with a value in the column, if there is one."""
    in_order = (column.is_(None), *table.primary_key.columns)
    row = connection.execute(sa.select(table).order_by(*in_order).limit(1)).mappings().first()
    assert row is not None, f"no life has a row of {table.name}"
    return row


PARTS: dict[str, Callable[[Session], Iterator[Fault]]] = {
    "whistle": whistles.of_whistles,
    "summons": whistles.of_whistles,
    "attendance": whistles.of_whistles,
    "force": rosters.faults,
    "evaluation": evaluations.faults,
}
"""Parts of `whole`, by the beginnings of tables' names."""


def faults_of(
    connection: sa.Connection, app: FastAPI, table: str, row: Mapping[Any, Any]
) -> Iterator[Fault]:
    """By the part that reads the row first, which is quicker, then by all."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        part = next((part for start, part in PARTS.items() if table.startswith(start)), None)
        if part:
            yield from part(session)
        elif row and table != "dispute":
            number = row["number" if table == "ticket" else "ticket_number"]
            yield from audit.of_tickets(session, app.state.city, [number])
        yield from auditing.whole(session, app.state.city)


OTHERS: list[tuple[type[Any], Any]] = [
    (bool, lambda value: not value),
    (int, lambda value: value + 70),
    (datetime, lambda value: value + timedelta(days=1)),
    (date, lambda value: value + timedelta(days=1)),
    (timedelta, lambda value: value + timedelta(hours=1)),
    (bytes, lambda value: value[::-1] + b"."),
    (list, lambda value: [*value, 7] if value and isinstance(value[0], int) else [*value, "L9"]),
    (dict, lambda value: {**value, "resolved": "another"}),
    (str, lambda value: f"{value}9"),
]
FIRSTS: list[tuple[type[Any], Any]] = [
    (sa.Boolean, True),
    (sa.Integer, 1),
    (sa.TIMESTAMP, datetime.fromisoformat("2026-10-20T00:00:00Z")),
    (sa.Interval, timedelta(hours=1)),
    (sa.JSON, []),
    (sa.Text, "9"),
]
"""What a forger writes where nothing stands."""


def another(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, sa.Enum):
        return next(member for member in column.type.enums if member != value)
    if value is None:
        return next(new for kind, new in FIRSTS if isinstance(column.type, kind))
    return next(make(value) for kind, make in OTHERS if isinstance(value, kind))
