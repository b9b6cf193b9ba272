"""What happened to a ticket and what was said in it, in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.access.roles import Role
from app.tickets.events import Event, Statement
from app.tickets.views import by_number, scope
from app.tickets.views.by_number import Asked
from app.tickets.views.schemas import EventView
from app.tickets.views.view import Viewer

EVENT: dict[str, Any] = {
    **dict(Event.__table__.c),
    "from_": Event.from_status,
    "to": Event.to_status,
}
WRITTEN = tuple(info.serialization_alias or name for name, info in EventView.model_fields.items())


def history(role: Role) -> sa.Select[Any]:
    """Every event of the tickets asked for that a role may see, oldest first, with what was said
    in it."""
    ticket = by_number.in_scope(role).subquery("ticket")
    statement = (Statement.ticket_number == Event.ticket_number) & (Statement.seq == Event.seq)
    return (
        select(
            *(EVENT[name] for name in EventView.model_fields),
            Statement.words,
            ticket.c.place,
        )
        .select_from(ticket)
        .join(Event, Event.ticket_number == ticket.c.number)
        .outerjoin(Statement, statement)
        .order_by(ticket.c.place, Event.seq)
    )


HISTORY = by_number.statements(history)

Lines = list[Sequence[Any]]


def read(connection: sa.Connection, questions: Sequence[Asked]) -> dict[Asked, Lines]:
    """The events of each ticket that whoever asks may see; a ticket has at least one."""
    histories: dict[Asked, Lines] = defaultdict(list)
    for asked, line in by_number.lines(connection, HISTORY, questions):
        histories[asked].append(line)
    return histories


def of(viewer: Viewer, number: str) -> bytes:
    """In JSON. Refuses (NoSuchTicket) as `scope.get` does."""
    asked = by_number.asked_by(viewer.caller, number)
    return told(scope.found(number, read(viewer.connection, [asked]).get(asked)))


def told(events: Lines) -> bytes:
    return msgspec.json.encode([members(*line) for line in events])


def members(*line: Any) -> dict[str, Any]:
    *values, words = line
    event = dict(zip(WRITTEN, values, strict=True))
    event["data"] = {**event["data"], **(words or {})}
    return event
