"""Erasure of a person: of a ticket that is over, its citizen, every word and every file (D.16).

What counts stays: numbers, times, offices and places by code, events with their links, in which
words are by their hash alone. So no ranking, seal or chain changes.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from app.attachments.models import Attachment
from app.city import City
from app.kit.clock import Clock
from app.kit.db import Base, Sessions
from app.kit.instants import recording
from app.kit.workdays import add_months
from app.routing import service as routing
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Reason
from app.tickets.acts.locking import active
from app.tickets.citizens import ERASED, Citizen, FormerCitizen
from app.tickets.event_data import Erased, ErasedFor
from app.tickets.events import Statement
from app.tickets.life.lifecycle import TERMINAL, Action
from app.tickets.models import Request, Ticket
from app.tickets.search.models import TelephoneSearch

AT_ONCE = 200
"""Tickets of a transaction."""
SEARCHES_AT_ONCE = 10_000

WORDLESS: dict[str, Any] = {"reason": "", "evidence": [], "explained": None, "ask": None}
NOTHING = {"place": "", "names": [], "unknown": []}
"""Of a route: codes, scores and versions stay."""


def erase(change: Change, body: Reason) -> None:
    """On request, by a supervisor; the reason stays on record, and names nobody."""
    forget(change)
    change.record(
        Action.ERASE, change.ticket.status, Erased(why=ErasedFor.REQUEST), {"reason": body.reason}
    )


def erase_old(change: Change) -> None:
    """By itself, after `privacy.retention`."""
    forget(change)
    change.record(Action.ERASE, change.ticket.status, Erased(why=ErasedFor.RETENTION))


def forget(change: Change) -> None:
    session, ticket = change.session, change.ticket
    for model in (Statement, FormerCitizen):
        session.execute(delete(model).where(of(ticket, model)))
    set_all(session, ticket, Citizen, dict.fromkeys(PERSONAL))
    words = {"title": ERASED, "content": ERASED, "address": ERASED}
    kept = session.scalars(select(Request.route).where(of(ticket, Request))).one()
    nothing = {
        "place_key": None,
        "source": None,
        "salt": None,
        "route": {**kept, **WORDLESS, "understood": NOTHING},
    }
    set_all(session, ticket, Request, {**words, **nothing})
    set_all(session, ticket, Attachment, {"name": None, "erased": True})
    routing.forget_ticket(session, change.city.router, ticket.number, change.now)
    ticket.lon = ticket.lat = ticket.occurred_at = None
    ticket.erased_at = change.now


PERSONAL = (
    *("name", "phone", "callback_phone", "phone_hash", "callback_hash"),
    *("language", "callback_after"),
)


def of(ticket: Ticket, model: type[Base]) -> sa.ColumnElement[bool]:
    column: sa.ColumnElement[str] = model.__table__.c.ticket_number
    return column == ticket.number


def set_all(session: Session, ticket: Ticket, model: type[Base], values: dict[str, Any]) -> None:
    session.execute(update(model).where(of(ticket, model)).values(values))


def erase_some(sessions: Sessions, city: City, clock: Clock) -> bool:
    """Erases tickets in which nothing has happened for the retention, and the record of searches as
    old, some of each; whether there may be more."""
    with sessions.begin() as session:
        now = recording(session, clock)
        until = add_months(now, -city.policies.at(now).privacy.retention)
        tickets = over_since(session, until)
        for ticket in tickets:
            dispatches = active(session, ticket.number)
            erase_old(Change(session, city, ticket, now, dispatches=dispatches))
        searches = forget_searches(session, until)
    return len(tickets) == AT_ONCE or searches == SEARCHES_AT_ONCE


def over_since(session: Session, until: datetime) -> list[Ticket]:
    """The oldest, locked, without those of another round, and without members of an open group."""
    parent = aliased(Ticket)
    query = (
        select(Ticket)
        .outerjoin(parent, parent.number == Ticket.merged_into)
        .where(Ticket.updated_at < until, Ticket.erased_at.is_(None))
        .where(Ticket.status.in_(TERMINAL), func.coalesce(parent.status.in_(TERMINAL), True))
        .order_by(Ticket.updated_at, Ticket.number)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Ticket)
    )
    return list(session.scalars(query))


def forget_searches(session: Session, until: datetime) -> int:
    old = select(TelephoneSearch.id).where(TelephoneSearch.at < until).limit(SEARCHES_AT_ONCE)
    gone = delete(TelephoneSearch).where(TelephoneSearch.id.in_(old))
    return len(session.scalars(gone.returning(TelephoneSearch.id)).all())
