"""Tickets for which a whistle is blown: told when it begins to keep them from a reply, and when it
no longer does (RULEBOOK D.14.8)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tickets.acts import due, locking, whistling
from app.tickets.acts.change import Change
from app.whistles.acts.change import WhistleChange
from app.whistles.life.loop import OVER, UNSETTLED
from app.whistles.models import WhistleTicket


def numbers(session: Session, whistle_number: str) -> Sequence[str]:
    query = select(WhistleTicket.ticket_number)
    of_whistle = query.where(WhistleTicket.whistle_number == whistle_number)
    return session.scalars(of_whistle.order_by(WhistleTicket.ticket_number)).all()


def tell(change: WhistleChange) -> None:
    """Each ticket has an event when the whistle begins or ends to keep it."""
    whistle, keeps = change.whistle, keeps_tickets(change)
    if keeps is whistle.keeps_tickets:
        return
    whistle.keeps_tickets = keeps
    linked = numbers(change.session, whistle.number)
    tickets = locking.changes(change.session, change.city, linked, change.now) if linked else {}
    for number in linked:
        begin_or_end(change, tickets[number], keeps)


def begin_or_end(change: WhistleChange, ticket: Change, keeps: bool) -> None:
    ticket.now = max(change.now, ticket.ticket.updated_at)  # its events keep their order
    due.apply_due(ticket)
    ticket.caller = change.caller
    (whistling.begin if keeps else whistling.end)(ticket, change.whistle.number)


def keeps_tickets(change: WhistleChange) -> bool:
    """Whether it is blown, and has not let all its required offices go."""
    deciding = change.standing.deciding
    open_summonses = any(summons.status not in OVER for summons in deciding)
    return change.whistle.status in UNSETTLED and open_summonses
