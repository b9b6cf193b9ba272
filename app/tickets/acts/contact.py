"""Contacts with the citizen, by the lead or the interim office (RULEBOOK D.6.4)."""

from sqlalchemy import select

from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewContact
from app.tickets.event_data import Contacted
from app.tickets.life import contacts, sources
from app.tickets.life.contacts import Contact
from app.tickets.life.lifecycle import Action, DispatchRole, Status
from app.tickets.life.parts import Part
from app.tickets.models import ContactMade, Dispatch

AS_MEMBER = 0
"""`dispatch_seq` of a contact with a member of a group, which has no dispatch of its own."""


def contact(change: Change, body: NewContact) -> None:
    """T14: the office contacts the citizen; the time is the server's."""
    ticket = change.ticket
    count(change, body)
    starts = ticket.status is Status.ACKNOWLEDGED and ticket.contacted_at is not None
    change.record(
        Action.CONTACT,
        Status.IN_PROGRESS if starts else ticket.status,
        data=Contacted(method=body.method, reached=body.reached),
        words={"note": body.note, "evidence": body.evidence},
    )


def count(change: Change, body: NewContact) -> None:
    """Count the contact: with a member for the group's lead; of an interim office (D.5-10) for its
    own former dispatch."""
    ticket = change.ticket
    own = own_dispatch(change)
    seq = AS_MEMBER if ticket.merged_into else own.seq
    contacted_at = change.now if tried(change, body, own, seq) else None
    if not ticket.merged_into:
        contacted_at = own.contacted_at = own.contacted_at or contacted_at
    if own is change.lead:
        ticket.contacted_at = ticket.contacted_at or contacted_at


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


def tried(change: Change, body: NewContact, own: Dispatch, seq: int) -> bool:
    """Add the contact; whether the citizen is now reached, or tried often enough."""
    contacts_made = [*change.contacts(own), Contact(change.now, body.reached, body.method)]
    change.session.add(
        ContactMade(
            ticket_number=change.ticket.number,
            seq=change.ticket.version + 1,
            dispatch_seq=seq,
            office_code=own.office_code,
            at=change.now,
            method=body.method,
            reached=body.reached,
        )
    )
    if change.ticket.no_citizen:
        return any(map(sources.is_response, contacts_made))
    return contacts.tried(change.policy, contacts_made)
