"""What happened to a ticket and what was said in it, in one statement."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.access.roles import Role
from app.kit.ready import Ready, parameter
from app.tickets.events import Event, Statement
from app.tickets.models import Ticket
from app.tickets.views import scope
from app.tickets.views.schemas import EventView
from app.tickets.views.view import Viewer

EVENT: dict[str, Any] = {
    **dict(Event.__table__.c),
    "from_": Event.from_status,
    "to": Event.to_status,
}
WRITTEN = tuple(info.serialization_alias or name for name, info in EventView.model_fields.items())


def history(role: Role) -> sa.Select[Any]:
    """Every event of a ticket that a role may see, oldest first, with what was said in it."""
    statement = (Statement.ticket_number == Event.ticket_number) & (Statement.seq == Event.seq)
    return (
        select(
            *(EVENT[name] for name in EventView.model_fields),
            Statement.words,
        )
        .select_from(Ticket)
        .join(Event, Event.ticket_number == Ticket.number)
        .outerjoin(Statement, statement)
        .where(
            Ticket.number == parameter("number", sa.Text),
            scope.visible_to(role, scope.OWN_OFFICE),
        )
        .order_by(Event.seq)
    )


HISTORY = {role: Ready(history(role)) for role in scope.READERS}


def told(viewer: Viewer, number: str) -> bytes:
    """In JSON. Refuses (NoSuchTicket) as `scope.get` does."""
    found = HISTORY[viewer.caller.role].rows(
        viewer.connection,
        number=scope.printable(number),
        own_office=viewer.caller.office_code,
    )
    events = [members(*line) for line in found] or scope.found(number, None)
    return msgspec.json.encode(events)


def members(*line: Any) -> dict[str, Any]:
    *values, words = line
    event = dict(zip(WRITTEN, values, strict=True))
    event["data"] = {**event["data"], **(words or {})}
    return event
