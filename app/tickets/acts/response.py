"""Responses: citizens contacted in time or told of an extension, alone and in groups (D.11)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from app.tickets.acts.change import Change
from app.tickets.citizens import Citizen
from app.tickets.life import limits, sources
from app.tickets.life.contacts import Contact, contact_ok, tried
from app.tickets.models import ContactMade, Dispatch, Ticket
from app.tickets.proceedings import Extension


def responded(change: Change, lead: Dispatch, verified: bool = False) -> bool:
    """Whether the citizen was contacted in time (D.6.4), or a verified case visited or answered at
    its source (D.9.1). In a group a citizen without a phone is taken as contacted (D.11), and so
    is, while his time runs, one who joined after the reply."""
    ticket, head, due = change.ticket, change.head.ticket, lead.contact_due_at
    assert due is not None  # every lead has one
    if ticket.merged_into:
        due = limits.member_contact_due(change.head.policy, head.urgency, due, ticket.since)
        if ticket.since >= head.since and change.now < due:
            return True
    if verified:
        return sources.responded(due, change.contacts())
    if head.members and change.session.get_one(Citizen, ticket.number).phone is None:
        return True
    return contact_ok(change.head.policy, head.urgency, due, change.contacts())


def all_responded(change: Change, lead: Dispatch) -> bool:
    """Whether every citizen of the group was contacted in time."""
    members = select(Ticket).where(Ticket.merged_into == change.ticket.number, ~Ticket.same_citizen)
    head = {change.ticket.number: change}
    group = [
        Change(change.session, change.city, member, change.now, others=head, dispatches=[lead])
        for member in change.session.scalars(members)
    ]
    return all(responded(member, lead) for member in (change, *group))


def all_told(change: Change, granted: Extension, by: datetime) -> bool:
    """Whether the office told every citizen: reached since the grant, or tried often enough (D.6.4,
    D.6.5)."""
    group = set(to_be_told(change, granted))
    rows = select(ContactMade.ticket_number, ContactMade.at, ContactMade.reached).where(
        ContactMade.ticket_number.in_(group),
        ContactMade.office_code == granted.office_code,
        ContactMade.at >= granted.decided_at,
        ContactMade.at <= by,
    )
    made: dict[str, list[Contact]] = defaultdict(list)
    for number, at, reached in change.session.execute(rows):
        made[number].append(Contact(at, reached))
    urgency = change.ticket.urgency
    return all(tried(change.policy, urgency, made[number]) for number in group)


def to_be_told(change: Change, granted: Extension) -> Iterator[str]:
    """The tickets whose citizens must be told: there is one, who is not anonymous; of the group's
    members with a phone, merged before the grant, each person once."""
    ticket = change.ticket
    if not ticket.anonymous and not ticket.no_citizen:
        yield ticket.number
    members = select(Ticket.number).join(Citizen, Citizen.ticket_number == Ticket.number)
    yield from change.session.scalars(
        members.where(
            Ticket.merged_into == ticket.number,
            Ticket.since <= granted.decided_at,
            ~Ticket.anonymous,
            ~Ticket.same_citizen,
            Citizen.phone.is_not(None),
        )
    )
