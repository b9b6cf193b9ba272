"""One person's tickets in a group: he is one citizen, and called back once (RULEBOOK D.11)."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.kit.cipher import Cipher
from app.tickets.citizens import Citizen, Person, person
from app.tickets.life.timers import Timers
from app.tickets.models import Ticket
from app.tickets.persons import are_one


def mark(session: Session, cipher: Cipher, parent: Ticket) -> None:
    """Of each person the oldest ticket of the group is called back, the parent's before all."""
    session.flush()
    group = or_(Ticket.number == parent.number, Ticket.merged_into == parent.number)
    query = select(Ticket, Citizen).join(Citizen, Citizen.ticket_number == Ticket.number)
    known: list[Person] = []
    oldest_first = (Ticket.merged_into.is_not(None), Ticket.received_at, Ticket.number)
    for ticket, citizen in session.execute(query.where(group).order_by(*oldest_first)):
        who = person(cipher, citizen)
        if ticket is not parent:
            call(ticket, parent, any(are_one(who, other) for other in known))
        known.append(who)


def call(member: Ticket, parent: Ticket, same_citizen: bool) -> None:
    """With the parent's citizen, or from the time that he has named, unless he is one of those who
    are called already."""
    begins = max(parent.since, member.call_after or parent.since)
    due_at = parent.callback_due_at
    later = begins - Timers.of(parent).calls_begin
    member.callback_due_at = None if same_citizen or due_at is None else due_at + later
    if member.same_citizen is not same_citizen:
        member.same_citizen = same_citizen
        member.next_due_at = member.callback_due_at
        member.callback_since = begins if due_at else None
