"""The rows on record of many tickets at once, as lines of JSON: a seal hashes them, a verification
also reads them. No later column changes a line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from app.callbacks.models import Callback
from app.kit.ready import Ready, parameter
from app.tickets.events import Event
from app.tickets.models import ContactMade

EVENT = (
    "seq",
    "at",
    "due_at",
    "actor",
    "role",
    "office_code",
    "action",
    "from_status",
    "to_status",
    "data",
)
CONTACT = ("seq", "dispatch_seq", "office_code", "at", "method", "reached")
CALL = ("seq", "cycle", "attempt", "at", "reach", "contacted", "resolved", "satisfied", "final")
"""What stands in a line."""

Asked = sa.TableValuedAlias


class Lines(NamedTuple):
    """A ticket's events, contacts and callbacks up to an instant, and those later."""

    events: str | None
    contacts: str | None
    calls: str | None
    later_events: str | None
    later_contacts: str | None
    later_calls: str | None

    @property
    def origins(self) -> str:
        """The lines behind an assessment of that instant."""
        return "".join(filter(None, self[:3]))


def lines(session: Session, instants: Mapping[str, datetime]) -> dict[str, Lines]:
    """Of each ticket, by its number."""
    asked = {"numbers": [*instants], "instants": [*instants.values()]}
    return {number: Lines(*row) for number, *row in LINES.rows(session.connection(), **asked)}


def lines_of(asked: Asked, table: sa.FromClause, columns: tuple[str, ...]) -> sa.FromClause:
    members = table.c
    line = sa.cast(func.json_build_array(*(members[name] for name in columns)), sa.Text)
    listed = func.string_agg(line, aggregate_order_by(sa.literal("\n"), members["seq"]))
    past: sa.ColumnElement[Any] = members["at"] <= asked.c.instant
    return (
        select(listed.filter(past).label("before"), listed.filter(~past).label("later"))
        .where(members["ticket_number"] == asked.c.number)
        .lateral()
    )


ASKED = (
    func.unnest(
        parameter("numbers", ARRAY(sa.Text())),
        parameter("instants", ARRAY(sa.TIMESTAMP(timezone=True))),
    )
    .table_valued("number", "instant")
    .render_derived("asked")
)
EVENTS = lines_of(ASKED, Event.__table__, EVENT)
CONTACTS = lines_of(ASKED, ContactMade.__table__, CONTACT)
CALLS = lines_of(ASKED, Callback.__table__, CALL)
TABLES = (EVENTS, CONTACTS, CALLS)
LINES = Ready(
    select(
        ASKED.c.number,
        *(table.c.before for table in TABLES),
        *(table.c.later for table in TABLES),
    ).select_from(ASKED.join(EVENTS, sa.true()).join(CONTACTS, sa.true()).join(CALLS, sa.true()))
)
