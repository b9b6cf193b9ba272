"""Contacts with the citizen, by the lead or the interim office (RULEBOOK D.6.4)."""

from collections.abc import Collection

from sqlalchemy import select

from app.kit.messages import Message
from app.kit.rows import insert_many
from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewContact
from app.tickets.citizens import has_telephone
from app.tickets.event_data import Contacted
from app.tickets.life import sources
from app.tickets.life.contacts import Contact, Method, tried
from app.tickets.life.lifecycle import Action, DispatchRole, IllegalMove, Status
from app.tickets.life.parts import Part
from app.tickets.models import ContactMade, Dispatch, Ticket


class NoTelephone(IllegalMove):
    title = "Its citizen left no telephone"


DESKS = frozenset({Part.OPERATOR, Part.DISPATCHER})

AS_MEMBER = 0
"""`dispatch_seq` of a contact with a member of a group, which has no dispatch of its own."""


def contact(change: Change, body: NewContact) -> None:
    """T14: the office contacts the citizen; the time is the server's. A desk of the city calls
    back whom it asked (D.5 R5)."""
    check_telephone(change, body)
    ticket = change.ticket
    if change.parts & DESKS:
        ticket.tried_at = change.now
    else:
        count(change, body.method, body.reached)
    change.record(
        Action.CONTACT,
        begun(ticket),
        data=Contacted(method=body.method, reached=body.reached),
        words={"note": body.note, "evidence": body.evidence},
    )


def check_telephone(change: Change, body: NewContact) -> None:
    """Refuses (NoTelephone) a call, heard or not, to a citizen of whom there is no number: it would
    count as an attempt, or as a response."""
    ticket = change.ticket
    if body.method is Method.CALL and not has_telephone(change.session, ticket.number):
        raise NoTelephone(Message("record a visit or a message; or have his number corrected in"))


def begun(ticket: Ticket) -> Status:
    """The status after a contact (T14)."""
    starts = ticket.status is Status.ACKNOWLEDGED and ticket.contacted_at is not None
    return Status.IN_PROGRESS if starts else ticket.status


def count(change: Change, method: Method, reached: bool) -> None:
    """Count the contact: with a member for the group's lead; of an interim office (D.5-10) for its
    own former dispatch."""
    ticket, own = change.ticket, own_dispatch(change)
    contacts_made = [*change.contacts(own), Contact(change.now, reached, method)]
    add(change, method, reached, own)
    contacted_at = change.now if suffice(change, own, contacts_made) else None
    if not ticket.merged_into:
        contacted_at = own.contacted_at = own.contacted_at or contacted_at
    if own is change.lead:
        ticket.contacted_at = ticket.contacted_at or contacted_at


def suffice(change: Change, own: Dispatch, contacts_made: Collection[Contact]) -> bool:
    """Whether the citizen is now reached, or tried often enough; where there is none, whether the
    office was on the spot or answered at the source (D.9.1)."""
    if change.ticket.no_citizen:
        return any(map(sources.is_response, contacts_made))
    if own is change.lead:
        return change.count_attempts(contacts_made)
    return tried(change.policy, change.ticket.urgency, contacts_made)


def own_dispatch(change: Change) -> Dispatch:
    """The dispatch of the caller's office: the lead's, or its newest one as a former lead."""
    lead, caller = change.lead, change.caller
    if lead is not None and Part.LEAD in change.parts:
        return lead
    assert caller is not None  # no contact falls due by itself
    led = select(Dispatch).where(
        Dispatch.ticket_number == change.head.ticket.number,
        Dispatch.office_code == caller.office_code,
        Dispatch.role == DispatchRole.LEAD,
    )
    return change.session.scalars(led.order_by(Dispatch.seq.desc()).limit(1)).one()


def add(change: Change, method: Method, reached: bool, own: Dispatch) -> None:
    ticket = change.ticket
    row = {
        "ticket_number": ticket.number,
        "seq": ticket.version + 1,
        "dispatch_seq": AS_MEMBER if ticket.merged_into else own.seq,
        "office_code": own.office_code,
        "at": change.now,
        "method": method,
        "reached": reached,
    }
    insert_many(change.session, ContactMade, [row])
