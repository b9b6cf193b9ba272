"""One person's tickets in a group: he is one citizen, and called back once (RULEBOOK D.11)."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.tickets.citizens import Citizen
from app.tickets.models import Ticket
from app.tickets.persons import are_one


def mark(session: Session, parent: Ticket) -> None:
    """Of each person the oldest ticket of the group is called back, the parent's before all."""
    session.flush()
    group = or_(Ticket.number == parent.number, Ticket.merged_into == parent.number)
    query = select(Ticket, Citizen).join(Citizen, Citizen.ticket_number == Ticket.number)
    known: list[Citizen] = []
    oldest_first = (Ticket.merged_into.is_not(None), Ticket.received_at, Ticket.number)
    for ticket, citizen in session.execute(query.where(group).order_by(*oldest_first)):
        if ticket is not parent:
            call(ticket, parent, any(are_one(citizen, other) for other in known))
        known.append(citizen)


def call(member: Ticket, parent: Ticket, same_citizen: bool) -> None:
    """With the parent's citizen, unless he is one of those who are called already."""
    member.callback_due_at = None if same_citizen else parent.callback_due_at
    if member.same_citizen is not same_citizen:
        member.same_citizen = same_citizen
        member.next_due_at = member.callback_due_at
        member.callback_since = parent.callback_since
