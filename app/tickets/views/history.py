"""What happened to a ticket and what was said in it, in one statement."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.access.models import Key
from app.access.roles import Role
from app.tickets.events import Event, Statement
from app.tickets.views import by_number
from app.tickets.views.by_number import Lines
from app.tickets.views.schemas import EventView

EVENT: dict[str, Any] = {
    **dict(Event.__table__.c),
    "from_": Event.from_status,
    "to": Event.to_status,
    "actor_label": Key.label,
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
        .outerjoin(Key, Key.id == Event.actor)
        .order_by(ticket.c.place, Event.seq)
    )


HISTORY = by_number.InScope(history)


def as_json(events: Lines) -> bytes:
    """A list of EventViews."""
    return msgspec.json.encode([members(*line) for line in events])


def members(*line: Any) -> dict[str, Any]:
    *values, words = line
    event = dict(zip(WRITTEN, values, strict=True))
    event["data"] = {**event["data"], **(words or {})}
    return event
