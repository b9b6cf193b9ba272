"""Holds 挂账: matters of months, on a register with a plan and a day of review (D.12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import asdict
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.workdays import add_months
from app.offices.directory import STREET_KINDS
from app.tickets.acts.change import Change
from app.tickets.acts.extension import four_eyes, set_due
from app.tickets.acts.forms import Decision, NewHold, Resumption
from app.tickets.acts.response import all_responded
from app.tickets.event_data import HoldAsked, HoldDecided, HoldEnded, Resumed
from app.tickets.life.holds import HoldLevel
from app.tickets.life.lifecycle import Action, IllegalMove, Status
from app.tickets.life.parts import Part
from app.tickets.life.timers import Fall
from app.tickets.proceedings import Hold


class ReviewUnfit(Invalid):
    title = "A hold is looked at again within its time"


class NoResponse(Conflict):
    title = "A hold may not hide a missing response"


class RenewalsSpent(Conflict):
    title = "The hold was renewed as often as may be"


def request(change: Change, body: NewHold) -> None:
    """Ask for a hold, or on a hold for its renewal; the district approves, then a supervisor."""
    ticket = change.ticket
    assert ticket.office_code is not None
    check_response(change)
    if ticket.status is Status.ON_HOLD and ticket.renewals >= change.policy.hold.max_renew:
        raise RenewalsSpent(
            Message("at most {max_renew} times", max_renew=change.policy.hold.max_renew)
        )
    ticket.asks_hold = Part.DISTRICT if ticket.district_code else Part.SUPERVISOR
    data = HoldAsked(
        reason_code=body.reason_code,
        review_at=body.review_at,
        level=level_now(change),
        milestones=[milestone.at.isoformat() for milestone in body.milestones],
    )
    change.session.add(
        Hold(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            office_code=ticket.office_code,
            asked_at=change.now,
            **asdict(data),
        )
    )
    change.record(
        Action.REQUEST_HOLD,
        ticket.status,
        data=data,
        words={
            "plan": body.plan,
            "milestones": [milestone.text for milestone in body.milestones] or None,
        },
    )


def check_review(change: Change, body: NewHold) -> None:
    """Refuses (ReviewUnfit) a day that is past or too far."""
    latest = add_months(change.now, change.policy.hold.max_review)
    if not change.now < body.review_at <= latest:
        detail = Message("after now and until {latest}", latest=latest)
        raise ReviewUnfit(detail, errors=[{"pointer": "/review_at", "detail": detail}])
    check_milestones(change, body)


def check_milestones(change: Change, body: NewHold) -> None:
    """Refuses (ReviewUnfit) one that is past, or beyond every renewal."""
    rule = change.policy.hold
    latest = add_months(change.now, rule.max_review * (rule.max_renew + 1))
    for n, milestone in enumerate(body.milestones):
        if not change.ticket.received_at <= milestone.at <= latest:
            detail = Message("after it was received and until {latest}", latest=latest)
            raise ReviewUnfit(detail, errors=[{"pointer": f"/milestones/{n}/at", "detail": detail}])


def check_response(change: Change) -> None:
    """Refuses (NoResponse) a hold if the office has not responded in time (D.6.4) to everyone of
    the group."""
    assert change.lead is not None  # it is the lead office that asks
    if not all_responded(change, change.lead):
        raise NoResponse(Message("the office did not contact the citizen in time"))


def level_now(change: Change) -> HoldLevel:
    """One level above the last unfinished hold's; without one, the office's own."""
    undone = [hold for hold in holds_of(change) if hold.done is False]
    return undone[-1].level.above if undone else level_of(change)


def level_of(change: Change) -> HoldLevel:
    office = change.city.offices[change.ticket.office_code or ""]
    if office.kind in STREET_KINDS:
        return HoldLevel.STREET
    return HoldLevel.DISTRICT if office.district_code else HoldLevel.CITY


def holds_of(change: Change) -> Sequence[Hold]:
    query = select(Hold).where(Hold.ticket_number == change.ticket.number).order_by(Hold.seq)
    return change.session.scalars(query).all()


def decide(change: Change, body: Decision) -> None:
    """T22: the district decides, then the supervisor; from then on the clock stands.

    The supervisor's `text` is the written notice to the citizen.
    """
    ticket, hold = change.ticket, holds_of(change)[-1]
    four_eyes(change, hold.seq)
    if body.approve and hold.review_at <= change.now:
        raise IllegalMove(
            Message("the day on which it was to be looked at has come: it is asked anew")
        )
    to = ticket.status
    if not body.approve:
        hold.refused_at, ticket.asks_hold = change.now, None
    elif ticket.asks_hold is Part.DISTRICT:
        hold.district_at, ticket.asks_hold = change.now, Part.SUPERVISOR
    else:
        to = begin(change, hold)
    data = HoldDecided(approve=body.approve, review_at=hold.review_at)
    change.record(Action.DECIDE_HOLD, to, data=data, words={"text": body.text})


def begin(change: Change, hold: Hold) -> Status:
    ticket = change.ticket
    if ticket.status is Status.ON_HOLD:
        ticket.renewals += 1
        end(change, change.now, done=None)
    elif ticket.due_at is not None:
        ticket.due_left, ticket.due_at = ticket.due_at - change.now, None
        ticket.extended_from = None
    hold.held_at, ticket.asks_hold, ticket.review_at = change.now, None, hold.review_at
    return Status.ON_HOLD


def end(change: Change, at: datetime, done: bool | None) -> None:
    """The hold in force is over: finished, found undone, or (None) renewed."""
    for hold in holds_of(change):
        if hold.held_at and not hold.ended_at:
            hold.ended_at, hold.done = at, done


def run_on(change: Change, at: datetime) -> None:
    """The clock goes on with the time left; a late ticket stays late."""
    ticket = change.ticket
    if ticket.due_left is not None and ticket.due_left < timedelta(0):
        ticket.due_at = at + ticket.due_left
    elif ticket.due_left is not None:
        set_due(change, at + ticket.due_left)
    ticket.due_left = ticket.review_at = ticket.asks_hold = None


def resume(change: Change, body: Resumption) -> None:
    """T23: done, so that the citizen is called; or back to work."""
    ticket = change.ticket
    end(change, change.now, body.done)
    run_on(change, change.now)
    if body.done:
        ticket.replied_at = ticket.replied_at or change.now
    to = Status.AWAITING_CALLBACK if body.done else Status.IN_PROGRESS
    change.record(Action.RESUME, to, data=Resumed(done=body.done), words={"text": body.text})


def end_by_review(change: Change, fall: Fall) -> None:
    """T23: the day has come and nobody has finished or renewed it: back to work, a level higher."""
    end(change, fall.at, done=False)
    run_on(change, fall.at)
    change.record(Action.END_HOLD, data=HoldEnded(level=level_now(change)), due_at=fall.at)
