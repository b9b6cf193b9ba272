"""Urgency: a ticket's level is raised or lowered, and its limits change with it."""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.offices.catalogue import Urgency
from app.suggest.suggestion import Suggestion
from app.tickets.acts import extension
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Grading
from app.tickets.event_data import Graded
from app.tickets.life import alarms, limits
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action, Status, TicketType
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.models import Ticket

ORDER = tuple(Urgency)

RAISERS = frozenset({Part.OPERATOR, Part.DISPATCHER, Part.SUPERVISOR})

SETTLED = frozenset({Status.REPLIED, Status.AWAITING_CALLBACK, Status.ON_HOLD})
"""The office has done its part for now, and the urgency can no longer be lowered."""


class SameUrgency(Invalid):
    title = "It has that urgency already"


class TooLateToLower(Conflict):
    title = "Its urgency can no longer be lowered"


def grade(change: Change, body: Grading) -> None:
    """D.4: raised at any time, with the new limits from now but never later than the old ones;
    lowered before it is signed for, and to L4 with the district's word before it is due."""
    ticket, old = change.ticket, change.ticket.urgency
    if is_raised(old, body.urgency):
        hasten(change, body.urgency)
    else:
        check_lowerable(change, body.urgency)
        slow(change, body.urgency)
    if ticket.contact_attempts:
        change.count_attempts(change.contacts())
    data = Graded(old=old, new=body.urgency)
    change.record(Action.GRADE, ticket.status, data=data, words={"reason": body.reason})


def heed(change: Change, text: str) -> None:
    """D.4: where no category is named, a danger that is told later raises the level as one that is
    told at first, and a rescue service must be told of it. Of any other somebody of the city is to
    look."""
    ticket = change.ticket
    if ticket.type is TicketType.PRAISE:
        return
    danger = change.city.emergencies.suggest(text)
    if danger is None or ticket.category is not None:
        if may_be_graver(change, danger, text):
            change.ask_danger()
        return
    ticket.rescue = ticket.rescue or bool(danger.tell)
    if is_raised(ticket.urgency, danger.urgency):
        words = "、".join(dict.fromkeys(word.text for word in danger.words))
        grade(change, Grading(urgency=danger.urgency, reason=words))


def may_be_graver(change: Change, danger: Suggestion | None, text: str) -> bool:
    """Whether a text may tell of a danger that the level is not: by the list of words, or where
    that is silent by the second ear."""
    urgency = change.ticket.urgency
    if danger is not None:
        return is_raised(urgency, danger.urgency)
    return urgency is not Urgency.L1 and change.city.suggester.second_ear.doubt(text) is not None


def hasten(change: Change, new: Urgency) -> None:
    """Raise the urgency: the limits, and the end of a waiting status, run from now. What becomes
    urgent rings for more than it did: so its alarms ring anew."""
    ticket = change.ticket
    if new in alarms.URGENT and ticket.urgency not in alarms.URGENT:
        ticket.warned = alarms.lasting(ticket.warned, alarms.OF_ITS_DISPATCH)
    if ticket.status in (Status.RECEIVED, Status.OBJECTED):
        ticket.since = hastened(change, new)
    if ticket.status is Status.NEED_INFO:
        ticket.since = change.now
    ticket.urgency = new
    if ticket.dispatched_at:
        set_limits(change, limits.due(change.policy, new, change.now), rises=True)


def slow(change: Change, new: Urgency) -> None:
    """Lower the urgency: the limits run from the dispatch."""
    ticket = change.ticket
    ticket.urgency = new
    if ticket.dispatched_at:
        set_limits(change, limits.due(change.policy, new, ticket.dispatched_at), rises=False)


def hastened(change: Change, new: Urgency) -> datetime:
    """The start of the waiting, set so that it ends a full new limit from now, or at its old end if
    that comes first."""
    waits = replace(Timers.of(change.ticket), since=change.now)
    before = limits.stands_until(change.policy, Timers.of(change.ticket))
    after = limits.stands_until(change.policy, replace(waits, urgency=new))
    return min(change.now, change.now - (after - before))


def is_raised(old: Urgency, new: Urgency) -> bool:
    return ORDER.index(new) < ORDER.index(old)


def is_alarming(new: Urgency, known: Urgency) -> bool:
    """Whether what is told anew is danger that cannot wait with what is known: an L1, or an urgent
    matter that is graver."""
    return new is Urgency.L1 or (new in alarms.URGENT and is_raised(known, new))


def check_grading(change: Change, body: Grading) -> None:
    """Refuses NotYourPart and SameUrgency."""
    old, new, parts = change.ticket.urgency, body.urgency, change.parts
    if new is old:
        fault = {"pointer": "/urgency", "detail": Message("it is {old}", old=old)}
        raise SameUrgency(errors=[fault])
    if is_raised(old, new):
        allow(bool(parts & RAISERS), Message("a district does not raise the urgency"))
    elif Part.DISTRICT in parts:
        allow((old, new) == (Urgency.L3, Urgency.L4), Message("a district lowers L3 to L4 only"))
    else:
        allow(Part.SUPERVISOR in parts, Message("only a supervisor lowers the urgency"))


def may_lower(change: Change, new: Urgency) -> bool:
    """By a supervisor, before the signature (D.4)."""
    try:
        check_lowerable(change, new)
    except TooLateToLower:
        return False
    return Part.SUPERVISOR in change.parts


def check_lowerable(change: Change, new: Urgency) -> None:
    """Refuses TooLateToLower; a group stays as urgent as its most urgent member (D.11)."""
    ticket = change.ticket
    members = select(Ticket.urgency).where(Ticket.merged_into == ticket.number)
    urgent = any(is_raised(new, member) for member in change.session.scalars(members))
    too_late(urgent, Message("who was merged into it is more urgent"))
    too_late(ticket.status in SETTLED, Message("it is {status}", status=ticket.status))
    if Part.DISTRICT in change.parts:
        too_late(ticket.due_at is not None and change.now > ticket.due_at, Message("it is overdue"))
    else:
        too_late(ticket.acknowledged_at is not None, Message("an office has signed for it"))


def allow(right: bool, why: Message) -> None:
    if not right:
        raise NotYourPart(why)


def too_late(when: bool, why: Message) -> None:
    if when:
        raise TooLateToLower(why)


def set_limits(change: Change, due: limits.Due, rises: bool) -> None:
    """Take the earlier of old and new limits if the urgency rises, else the later."""
    ticket, lead, nearer = change.ticket, change.lead, min if rises else max
    for name, at in limits.columns(due).items():
        old: datetime | None = getattr(ticket, name)
        if old is None or nearer(old, at) == old:
            continue
        if name == "due_at":
            extension.change_due(change, at, rises)
            continue
        setattr(ticket, name, at)
        if lead and not ticket.reworks:  # as extension.set_due does for the result's
            setattr(lead, name, at)
    if ticket.due_left is not None:
        ticket.due_left = nearer(ticket.due_left, due.result - change.now)
