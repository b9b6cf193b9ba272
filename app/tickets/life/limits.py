"""Limits: a ticket's due times, its due changes, and the offices that must act."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from app.kit.workdays import ONE_DAY, add_workdays, day_of, midnight, next_workday
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.policy.keys import Clock
from app.tickets.life import alarms, duties, objections
from app.tickets.life.alarms import Alarm, manual_limit
from app.tickets.life.lifecycle import IN_OFFICE, Action, Status
from app.tickets.life.sampling import in_sample
from app.tickets.life.timers import TICK, Fall, Timers
from app.tickets.life.warnings import warnings


class Due(NamedTuple):
    """On time iff t ≤ the limit: equality is on time (RULEBOOK D.6.3)."""

    acknowledge: datetime
    contact: datetime
    result: datetime


def due(policy: Policy, urgency: Urgency, dispatched_at: datetime) -> Due:
    """The limits of a dispatch: signature, first contact, result (RULEBOOK D.4, D.6.3)."""
    limits = policy.limits[urgency]
    return Due(
        *(
            after(policy.clock, dispatched_at, limit)
            for limit in (limits.acknowledge, limits.contact, limits.result)
        )
    )


def is_late(due_at: datetime, replied_at: datetime | None, now: datetime) -> bool:
    """Whether the reply came after the due time, or is missing after it."""
    return (replied_at or now) > due_at


COLUMNS = ("acknowledge_due_at", "contact_due_at", "due_at")


def columns(due: Due | None) -> dict[str, Any]:
    """The three due times as columns of dispatch and ticket; None: no clock."""
    return dict(zip(COLUMNS, due or (None, None, None), strict=True))


def after(clock: Clock, start: datetime, limit: timedelta) -> datetime:
    """A limit of several whole days is a day-limit: working days, or to the day's end, if so ruled.

    A limit of up to 24 hours is always so many hours.
    """
    days, working = limit // ONE_DAY, clock.calendar == "working"
    if limit <= ONE_DAY or limit % ONE_DAY:
        return start + limit
    if clock.day_mode == "exact":
        return add_workdays(start, days) if working else start + limit
    day = nth_workday(day_of(start), days) if working else day_of(start) + limit
    return midnight(day + ONE_DAY) - TICK


def nth_workday(day: date, number: int) -> date:
    """The day itself counts as 0, whether or not it is worked."""
    for _ in range(number):
        day = next_workday(day)
    return day


def next_fall(policy: Policy, ticket: Timers) -> Fall | None:
    """The next due change, if nobody acts before."""
    every = (*changes(policy, ticket), *warnings(policy, ticket), *rings(policy, ticket))
    given = ticket.warned
    return min((fall for fall in every if fall.name not in given or fall.again), default=None)


def due_now(policy: Policy, ticket: Timers, now: datetime) -> Fall | None:
    """The first due change that is strictly past, if any: equality is on time."""
    fall = next_fall(policy, ticket)
    return fall if fall and fall.at < now else None


def changes(policy: Policy, ticket: Timers) -> Iterator[Fall]:
    """The due changes of a ticket beside warnings, if nobody acts."""
    if ticket.status in IN_OFFICE and ticket.due_at is not None:
        yield Fall(ticket.due_at + policy.callback.force_grace, Action.FORCE_CALLBACK)  # T18
        yield from extension_falls(ticket, ticket.due_at)
    ends = STANDSTILLS.get(ticket.status)
    fall = ends and ends(policy, ticket)
    if fall:
        yield fall
    if is_skipped(policy, ticket):
        yield Fall(ticket.since, Action.SKIP_CALLBACK)


def rings(policy: Policy, ticket: Timers) -> Iterator[Fall]:
    """The alarms of the waits that last, and of each supervision and advice its own."""
    for ring in alarms.rings(policy, ticket):
        yield Fall(ring.at, Action.ALARM, ring.name)
    if ticket.answer_due_at is not None:
        yield Fall(ticket.answer_due_at, Action.ALARM, Alarm.UNANSWERED, again=True)
    if ticket.advice_due_at is not None:
        yield Fall(ticket.advice_due_at, Action.ALARM, Alarm.UNANSWERED_ADVICE, again=True)


def unrouted(policy: Policy, ticket: Timers) -> Fall:
    """T6, T7: an enquiry that nobody answered, or what an operator held back, is dispatched."""
    return Fall(ticket.since + manual_limit(policy, ticket.urgency), Action.ROUTE)


def unplaced(policy: Policy, ticket: Timers) -> Fall:
    """D.5 R5: only what somebody asked, and called back for, ends without an answer. All else, an
    L1 and a group always, goes to the dispatcher."""
    asked_at, tried_at = ticket.asked_at, ticket.tried_at
    if asked_at is None:
        wait = timedelta(0) if ticket.urgency is Urgency.L1 else policy.route.manual_limit
        return Fall(ticket.since + wait, Action.PASS_ON)
    if ticket.urgency is Urgency.L1:
        asked_at = max(asked_at, ticket.since)
        return Fall(asked_at + policy.route.manual_limit_l1, Action.PASS_ON)
    until = asked_at + policy.route.info_wait
    if ticket.members or tried_at is None:
        return Fall(until, Action.PASS_ON)
    return Fall(max(until, tried_at), Action.EXPIRE)


def unruled(policy: Policy, ticket: Timers) -> Fall:
    """D.8: silence rejects an objection."""
    at = objections.rejected_at(policy, ticket.urgency, ticket.since)
    return Fall(at, Action.REJECT_OBJECTION)


def unreviewed(policy: Policy, ticket: Timers) -> Fall:
    """T17: silence passes a reply."""
    return Fall(ticket.since + policy.reply.auto_pass, Action.PASS_REVIEW)


def unconfirmed(policy: Policy, ticket: Timers) -> Fall | None:
    """T20: no supervisor confirmed that the demand is unreasonable."""
    at = ticket.since + policy.reply.auto_pass
    return Fall(at, Action.SEND_TO_REWORK) if ticket.doubted else None


def held(policy: Policy, ticket: Timers) -> Fall | None:
    """T23: the day of the hold's review."""
    return Fall(ticket.review_at, Action.END_HOLD) if ticket.review_at else None


STANDSTILLS: dict[Status, Callable[[Policy, Timers], Fall | None]] = {
    Status.RECEIVED: unrouted,
    Status.NEED_INFO: unplaced,
    Status.OBJECTED: unruled,
    Status.REPLIED: unreviewed,
    Status.AWAITING_CALLBACK: unconfirmed,
    Status.ON_HOLD: held,
}
"""The end of a status by time alone; None if time does not end it."""


def stands_until(policy: Policy, ticket: Timers) -> datetime:
    """The instant at which time ends the status."""
    fall = STANDSTILLS[ticket.status](policy, ticket)
    assert fall is not None  # asked only where time ends it
    return fall.at


def extension_falls(ticket: Timers, due_at: datetime) -> Iterator[Fall]:
    """An undecided extension is refused at the due time; one not told to the citizen before the
    old due time is void (D.6.5)."""
    if ticket.asks_extension is not None:
        yield Fall(due_at, Action.REFUSE_EXTENSION)
    if ticket.extended_from is not None:
        yield Fall(ticket.extended_from, Action.VOID_EXTENSION)


def member_contact_due(
    policy: Policy, urgency: Urgency, parent_due_at: datetime, joined_at: datetime
) -> datetime:
    """The limit of the contact with the citizen of a member (RULEBOOK D.11)."""
    return max(parent_due_at, due(policy, urgency, joined_at).contact)


def is_skipped(policy: Policy, ticket: Timers) -> bool:
    """Whether a ticket is closed without a callback: answered, and not in the sample (D.9).

    The citizen of an unanswered ticket is always called (D.21-6).
    """
    awaits = ticket.status is Status.AWAITING_CALLBACK and not ticket.forced
    return awaits and not in_sample(policy, ticket.number)


def callback_due(policy: Policy, ticket: Timers) -> datetime | None:
    """The limit of the callback (RULEBOOK D.9) or verification (D.9.1), while it is still awaited.

    A member's is set with its parent's.
    """
    if ticket.status is Status.MERGED:
        return ticket.callback_due_at
    settled = ticket.doubted or ticket.called
    awaits = ticket.status is Status.AWAITING_CALLBACK and not settled
    if not awaits or is_skipped(policy, ticket):
        return None
    return ticket.calls_begin + callback_limit(policy, ticket)


def callback_limit(policy: Policy, ticket: Timers) -> timedelta:
    """Of a callback, or of a verification, from the instant at which it may begin."""
    rule = policy.callback
    return rule.verify if ticket.no_citizen else rule.start[ticket.urgency]


def wound(policy: Policy, ticket: Timers) -> dict[str, Any]:
    """The timers as columns of the ticket: the next due change, who is to act and by when."""
    due_at = callback_due(policy, ticket)
    if due_at != ticket.callback_due_at:
        ticket = replace(ticket, callback_due_at=due_at)
    fall = next_fall(policy, ticket)
    lead, district = duties.of_lead(policy, ticket), duties.of_district(policy, ticket)
    at_desks = duties.at_desks(policy, ticket)
    return {
        "next_due_at": fall.at if fall else None,
        "waits_for": lead and ticket.office_code,
        "waits_until": lead and lead.until,
        "asked_of": district and alarms.district(ticket),
        "asked_until": district and (district.until or ticket.since),
        "callback_due_at": ticket.callback_due_at,
        **{
            column: at_desks[desk].since if desk in at_desks else None
            for desk, column in duties.DESK_COLUMNS.items()
        },
    }
