"""Merging 并单: several citizens, one matter, one clock; each citizen is called back (D.11).

The oldest ticket is the parent. A member keeps its number, its words and its events; its office,
its dispatches and its clock are the parent's from then on. Of one person's tickets the oldest alone
is called back.
"""

from msgspec import UNSET
from sqlalchemy import or_, select

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.tickets.acts import urgency, whistling
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch, recipients
from app.tickets.acts.forms import Merging, Reason
from app.tickets.acts.merging import once_each
from app.tickets.event_data import Adopted, EndReason, LetGo, Merged, Unmerged
from app.tickets.events import Event
from app.tickets.life import limits
from app.tickets.life.lifecycle import TERMINAL, Action, IllegalMove, Status
from app.tickets.life.likeness import agree
from app.tickets.models import Ticket


class NoSuchParent(Invalid):
    title = "There is no such ticket to merge into"


class NotMergeable(Conflict):
    title = "These two tickets cannot be merged"


def merge(change: Change, body: Merging) -> None:
    """T8: a dispatcher confirms that the two are one matter."""
    parent = join(change, body.parent_number, EndReason.MERGED)
    change.record(Action.MERGE, data=Merged(parent_number=parent.number))
    change.ticket.queue = None


def join(change: Change, parent_number: str, why: EndReason) -> Ticket:
    """Put the ticket into the parent's group, without an event of its own. Refuses NotMergeable."""
    ticket, head = change.ticket, parent_change(change, parent_number)
    check_pair(change, head)
    if change.ticket.secret is not head.ticket.secret:
        raise NotMergeable(Message("one of the two is secret: a report, or confidential"))
    brought = whistling.bring(ticket, head.ticket)
    dispatch.end(change, why)
    leave_clock(ticket)
    ticket.merged_into = parent_number
    once_each.mark(change.session, change.city.cipher, head.ticket)
    raise_urgency(change, head)
    pass_on_danger(ticket, head.ticket)
    head.ticket.members += 1
    head.caller = change.caller
    parent = head.ticket
    data = Adopted(
        member_number=ticket.number,
        members=parent.members,
        urgency=parent.urgency,
        same_citizen=ticket.same_citizen or UNSET,
        whistles=brought or UNSET,
    )
    head.record(Action.ADOPT, parent.status, data=data)
    return head.ticket


def check_parent(change: Change, parent_number: str) -> None:
    """Refuses (NoSuchParent) an unknown parent."""
    if parent_number not in {change.ticket.number, *change.others}:
        fault = {
            "pointer": "/parent_number",
            "detail": Message("no ticket {parent_number}", parent_number=parent_number),
        }
        raise NoSuchParent(
            Message("no ticket {parent_number}", parent_number=parent_number), errors=[fault]
        )


def check_merging(change: Change, body: Merging) -> None:
    check_parent(change, body.parent_number)


def parent_change(change: Change, parent_number: str) -> Change:
    if parent_number == change.ticket.number:
        raise NotMergeable(Message("a ticket is not merged into itself"))
    return change.others[parent_number]


def check_pair(change: Change, head: Change) -> None:
    """An open parent, older than its member, and nobody of either called back yet."""
    ticket, parent = change.ticket, head.ticket
    if ticket.members:
        raise NotMergeable(Message("other citizens' tickets are merged into it"))
    if parent.merged_into:
        raise NotMergeable(
            Message(
                "{number} is itself merged into {merged_into}",
                number=parent.number,
                merged_into=parent.merged_into,
            )
        )
    if parent.status in TERMINAL:
        raise NotMergeable(
            Message("{number} is {status}", number=parent.number, status=parent.status)
        )
    if parent.received_at > ticket.received_at:
        raise NotMergeable(
            Message("the older of the two is the parent: its clock is the earlier one")
        )
    check_one_district(ticket, parent)
    check_room(change, parent)
    check_danger(ticket, parent)
    if ticket.assessed_at or was_called(change, parent):
        raise NotMergeable(Message("citizens of theirs were called back already"))


def check_one_district(ticket: Ticket, parent: Ticket) -> None:
    """A group has one lead office, and so lies in one district, as of imported cases; a ticket
    whose place is not known joins any."""
    if not agree(ticket.district_code, parent.district_code):
        raise NotMergeable(
            Message(
                "{number} lies in district {district}, and this one in {other}",
                number=parent.number,
                district=parent.district_code,
                other=ticket.district_code,
            )
        )


def check_room(change: Change, parent: Ticket) -> None:
    most = change.policy.merge.members
    if parent.members >= most:
        raise NotMergeable(
            Message("{number} has {most} members already", number=parent.number, most=most)
        )


def check_danger(ticket: Ticket, parent: Ticket) -> None:
    idle = parent.status in urgency.SETTLED
    if idle and urgency.is_alarming(ticket.urgency, parent.urgency):
        raise NotMergeable(
            Message(
                "it is {urgency}, and nobody works on {number} now",
                urgency=ticket.urgency,
                number=parent.number,
            )
        )


def was_called(change: Change, parent: Ticket) -> bool:
    """Whether a callback, final or not, was made to anyone of the parent's group."""
    group = or_(Ticket.number == parent.number, Ticket.merged_into == parent.number)
    calls = (
        select(Event.seq)
        .join(Ticket, Ticket.number == Event.ticket_number)
        .where(group, Event.action == Action.CALLBACK)
    )
    return change.session.scalar(calls.limit(1)) is not None


def leave_clock(ticket: Ticket) -> None:
    """The member's own office and limits end."""
    ticket.office_code = ticket.interim_office = None
    ticket.dispatched_at = ticket.acknowledged_at = ticket.contacted_at = None
    ticket.contact_attempts, ticket.next_attempt_from = 0, None
    ticket.extended_from = ticket.review_at = ticket.due_left = None
    for name, limit in limits.columns(None).items():
        setattr(ticket, name, limit)


def pass_on_danger(ticket: Ticket, parent: Ticket) -> None:
    """A rescue service that must be told of a member must be told of the group, unless it was."""
    parent.rescue = parent.rescue or ticket.rescue
    parent.handed_on_at = parent.handed_on_at or ticket.handed_on_at


def raise_urgency(change: Change, head: Change) -> None:
    """The group is as urgent as its most urgent member; it is never due later than it was."""
    if urgency.is_raised(head.ticket.urgency, change.ticket.urgency):
        urgency.hasten(head, change.ticket.urgency)


def unmerge(change: Change, body: Reason) -> None:
    """The ticket leaves its group before the first callback: to the parent's lead office with a
    full clock of its own, or to the dispatchers where no office leads."""
    ticket, head = change.ticket, change.head
    parent = head.ticket
    if parent.status in TERMINAL:
        raise IllegalMove(Message("its group is {status}", status=parent.status))
    if was_called(change, parent):
        raise IllegalMove(Message("citizens of the group were called back already"))
    ticket.merged_into = ticket.queue = ticket.callback_due_at = None
    ticket.contacted_at = ticket.closed_at = ticket.next_attempt_from = None
    ticket.contact_attempts = 0
    ticket.same_citizen = False
    once_each.mark(change.session, change.city.cipher, parent)
    parent.members -= 1
    whistling.take_along(head, ticket)
    head.caller = change.caller
    change.dispatches = []
    to = give_back(change, head)
    data = Unmerged(parent_number=parent.number, **dispatch.shares(change))
    change.record(Action.UNMERGE, to, data=data, words={"reason": body.reason})
    left = LetGo(member_number=ticket.number, members=parent.members)
    head.record(Action.LET_GO, parent.status, data=left)


def give_back(change: Change, head: Change) -> Status:
    lead = head.ticket.office_code
    office = change.city.offices.get(lead) if lead else None
    if office is None or not office.active(day_of(change.now)):
        change.ticket.interim_office = dispatch.last_lead(change)
        return Status.TO_DISPATCH
    given = recipients.share(change.city, office.code, [], [change.ticket.district_code])
    dispatch.give(change, given, change.now)
    return Status.DISPATCHED
