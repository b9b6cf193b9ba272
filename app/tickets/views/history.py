"""What happened to a ticket and what was said in it, in one statement."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.access.models import Key
from app.access.roles import Role
from app.kit.cipher import Cipher
from app.tickets import personal
from app.tickets.citizens import NEAR_THE_SUBJECT, Citizen, former_names, names_of
from app.tickets.event_data import Adopted, LetGo, Merged, Received, name
from app.tickets.events import Event, Statement
from app.tickets.models import Ticket
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

LEADING_TO_HIM = frozenset({"name", "callback_phone", "language", "callback_after", "external_id"})
"""What a citizen tells anew of himself, and what a system outside knows his request by."""

HIS = frozenset({name(Received.repeat_of), name(Adopted.same_citizen)})
"""What an event's data has of his other tickets."""

NAMING = frozenset(map(name, (Received.repeat_of, Merged.parent_number, LetGo.member_number)))
"""What an event's data names another ticket by."""

POINTING = NAMING | {name(Adopted.same_citizen)}
"""What an event's data tells of another ticket."""


def history(role: Role, questions: sa.FromClause) -> sa.Select[Any]:
    """Every event of the tickets asked for that a role may see, oldest first, with what was said
    in it, and whether the reader is not to know by whom."""
    near = role in NEAR_THE_SUBJECT
    ticket = by_number.in_scope(role, questions).subquery("ticket")
    statement = (Statement.ticket_number == Event.ticket_number) & (Statement.seq == Event.seq)
    return (
        select(
            *(EVENT[name] for name in EventView.model_fields),
            Statement.words,
            ticket.c.number,
            ticket.c.secret if near else sa.false(),
            Citizen.name if near else sa.null(),
            sa.case((ticket.c.secret, former_names(ticket.c.number))) if near else sa.null(),
            names_secret(ticket) if near else sa.false(),
            ticket.c.place,
        )
        .select_from(ticket)
        .join(Event, Event.ticket_number == ticket.c.number)
        .join(Citizen, Citizen.ticket_number == ticket.c.number)
        .outerjoin(Statement, statement)
        .outerjoin(Key, Key.id == Event.actor)
        .order_by(ticket.c.place, Event.seq)
    )


def names_secret(ticket: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether an event of an ordinary ticket names one that is secret by now."""
    other = aliased(Ticket)
    named = (Event.data[member].astext for member in sorted(NAMING))
    is_secret = sa.exists().where(other.number.in_(list(named)), other.secret)
    return sa.and_(~ticket.c.secret, is_secret)


HISTORY = by_number.InScope(history)


def as_json(cipher: Cipher, events: Lines) -> bytes:
    """A list of EventViews."""
    return msgspec.json.encode([members(cipher, *line) for line in events])


def members(cipher: Cipher, *line: Any) -> dict[str, Any]:
    *values, words, number, secret, name, former, names_secret = line
    event = dict(zip(WRITTEN, values, strict=True))
    spoken = words
    unseen = HIS if secret else POINTING if names_secret else frozenset()
    event["data"] = {name: event["data"][name] for name in event["data"] if name not in unseen}
    if secret and words:
        spoken = masked(words, *names_of(cipher, number, name, *(former or ())))
    event["data"] = {**event["data"], **(spoken or {})}
    return event


def masked(words: dict[str, Any], *names: str | None) -> dict[str, Any]:
    """As an office reads the words in a secret ticket (RULEBOOK D.6.4)."""
    return {
        member: personal.hide_all(text, *names)
        for member, text in words.items()
        if member not in LEADING_TO_HIM
    }
