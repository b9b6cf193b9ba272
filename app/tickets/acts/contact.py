"""A citizen is contacted: by who leads his ticket, or keeps the duty of it (RULEBOOK D.6.4)."""

from sqlalchemy import select

from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewContact
from app.tickets.event_data import Contacted
from app.tickets.life import contacts
from app.tickets.life.contacts import Contact
from app.tickets.life.lifecycle import Action, DispatchRole, Status
from app.tickets.life.parts import Part
from app.tickets.models import ContactMade, Dispatch

AS_MEMBER = 0
"""The dispatch that a contact with a member of a group belongs to: none of its own."""


def contact(change: Change, said: NewContact) -> None:
    """T14: the citizen was reached, or was tried often enough; our clock says when."""
    ticket = change.ticket
    count(change, said)
    starts = ticket.status is Status.ACKNOWLEDGED and ticket.contacted_at is not None
    change.record(
        Action.CONTACT,
        Status.IN_PROGRESS if starts else ticket.status,
        data=Contacted(method=said.method, reached=said.reached),
        words={"note": said.note, "evidence": said.evidence},
    )


def count(change: Change, said: NewContact) -> None:
    """For whom it counts: with a group's member for the group's lead; what the office does that
    keeps the duty of first contact (D.5-10), for the dispatch that it once had."""
    ticket = change.ticket
    own = own_dispatch(change)
    seq = AS_MEMBER if ticket.merged_into else own.seq
    contacted_at = change.now if tried(change, said, own, seq) else None
    if not ticket.merged_into:
        contacted_at = own.contacted_at = own.contacted_at or contacted_at
    if own is change.lead:
        ticket.contacted_at = ticket.contacted_at or contacted_at


def own_dispatch(change: Change) -> Dispatch:
    """The caller's: as the lead, or the one that it led before another was named."""
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


def tried(change: Change, said: NewContact, own: Dispatch, seq: int) -> bool:
    """Write it down; whether the citizen was reached by now, or tried often enough."""
    made = [*change.contacts(own), Contact(change.now, said.reached)]
    change.session.add(
        ContactMade(
            ticket_number=change.ticket.number,
            seq=change.ticket.version + 1,
            dispatch_seq=seq,
            office_code=own.office_code,
            at=change.now,
            method=said.method,
            reached=said.reached,
        )
    )
    return contacts.tried(change.policy, made)
