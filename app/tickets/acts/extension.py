"""Extensions: asked for once, before the due time, and valid if the citizen is told (D.6.5)."""

from datetime import datetime

from sqlalchemy import select

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.workdays import times
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Decision, NewExtension
from app.tickets.acts.response import all_told
from app.tickets.event_data import ExtensionAsked, ExtensionDecided
from app.tickets.events import Event
from app.tickets.life import limits
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import Part
from app.tickets.life.timers import Fall
from app.tickets.proceedings import Extension

FOR_WHISTLE = "whistle"
"""The reason code of an extension because of a whistle."""


class ExtensionUnfit(Invalid):
    title = "This time cannot be asked for"


class NoWhistleOpen(Conflict):
    title = "No whistle is open for this ticket, which could be a reason for more time"


class WhistleExtensionSpent(Conflict):
    title = "More time was asked for because of a whistle before"


class FourEyes(Conflict):
    title = "Who asks may not decide"


def request(change: Change, body: NewExtension) -> None:
    """Ask for more time: a district decides up to `extension.district_max`, a supervisor beyond.
    Refuses NoWhistleOpen and WhistleExtensionSpent."""
    ticket = change.ticket
    if body.reason_code == FOR_WHISTLE:
        check_whistle(change)
    assert ticket.due_at is not None  # an office has it
    assert ticket.office_code is not None
    longer = body.due_at - ticket.due_at > change.policy.extension.district_max
    far = longer or ticket.district_code is None
    ticket.asks_extension = Part.SUPERVISOR if far else Part.DISTRICT
    change.session.add(
        Extension(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            office_code=ticket.office_code,
            reason_code=body.reason_code,
            asked_at=change.now,
            asked_until=body.due_at,
        )
    )
    change.record(
        Action.REQUEST_EXTENSION,
        ticket.status,
        data=ExtensionAsked(reason_code=body.reason_code, due_at=body.due_at),
        words={"plan": body.plan},
    )


def check_whistle(change: Change) -> None:
    """D.14.8: a whistle is a reason once."""
    if not change.ticket.whistles:
        raise NoWhistleOpen
    of_ticket = Extension.ticket_number == change.ticket.number
    for_whistle = select(Extension.seq).where(of_ticket, Extension.reason_code == FOR_WHISTLE)
    if change.session.scalar(for_whistle.limit(1)) is not None:
        raise WhistleExtensionSpent


def check_until(change: Change, body: NewExtension) -> None:
    """Refuses (ExtensionUnfit) a time that is not after the due time, or lies beyond it by more
    than the original limit times `extension.max_factor`."""
    due_at = change.ticket.due_at
    if due_at is None:
        return  # no office has it; check_state refuses its status
    policy, result = change.policy, change.policy.limits[change.ticket.urgency].result
    latest = limits.after(policy.clock, due_at, times(result, policy.extension.max_factor))
    if not due_at < body.due_at <= latest:
        detail = Message("after {due_at} and until {latest}", due_at=due_at, latest=latest)
        raise ExtensionUnfit(detail, errors=[{"pointer": "/due_at", "detail": detail}])


def decide(change: Change, body: Decision) -> None:
    """A granted extension counts at once; the citizen must be told before the old due time."""
    ticket, extension = change.ticket, pending(change)
    four_eyes(change, extension.seq)
    extension.approved, extension.decided_at = body.approve, change.now
    ticket.asks_extension = None
    if body.approve:
        ticket.extensions, ticket.extended_from = ticket.extensions + 1, ticket.due_at
        set_due(change, extension.asked_until)
        change.warn_anew()
    change.record(
        Action.DECIDE_EXTENSION,
        ticket.status,
        data=ExtensionDecided(approve=body.approve, due_at=ticket.due_at),
        words={"text": body.text},
    )


def four_eyes(change: Change, seq: int) -> None:
    """Refuses (FourEyes) the actor of the event `seq`."""
    asker = change.session.get_one(Event, (change.ticket.number, seq)).actor
    if change.policy.auth.four_eyes and change.caller and change.caller.id == asker:
        raise FourEyes(Message("another person decides"))


def set_due(change: Change, due_at: datetime) -> None:
    """Set the due time of the ticket, and of its lead dispatch until the first rework."""
    change.ticket.due_at = due_at
    if change.lead and not change.ticket.reworks:
        change.lead.due_at = due_at


def pending(change: Change) -> Extension:
    """The ticket's newest extension."""
    query = select(Extension).filter_by(ticket_number=change.ticket.number)
    return change.session.scalars(query.order_by(Extension.seq.desc()).limit(1)).one()


def refuse_by_silence(change: Change, fall: Fall) -> None:
    """Undecided at the due time is refused."""
    refuse(change, fall.at)


def refuse(change: Change, at: datetime) -> None:
    extension = pending(change)
    extension.approved, extension.decided_at = False, at
    change.ticket.asks_extension = None
    change.record(Action.REFUSE_EXTENSION, change.ticket.status, due_at=at)


def change_due(change: Change, due_at: datetime, rises: bool) -> None:
    """Set the due time of a new urgency. An open extension is refused; the citizen must be told of
    a granted one only if it still adds time."""
    ticket = change.ticket
    set_due(change, due_at)
    change.warn_anew()
    if ticket.extended_from and not (rises and ticket.extended_from < due_at):
        ticket.extended_from = None
    if ticket.asks_extension:
        refuse(change, change.now)


def check_told(change: Change, fall: Fall) -> None:
    """The citizen, and everyone of his group, must have been told by the old due time; else the
    extension is void."""
    ticket, granted = change.ticket, pending(change)
    ticket.extended_from = None
    if all_told(change, granted, fall.at):
        change.set_timers()
        return
    granted.void_at = fall.at
    set_due(change, fall.at)
    change.record(Action.VOID_EXTENSION, ticket.status, due_at=fall.at)
