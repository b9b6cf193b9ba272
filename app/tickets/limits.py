"""A ticket's clock: its time limits, what falls due by itself, and who must act by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.kit.workdays import ONE_DAY, add_workdays, day_of, midnight
from app.offices.catalogue import Urgency
from app.policy import Policy
from app.policy_keys import Clock
from app.tickets.lifecycle import IN_OFFICE, Action, Status

TICK = timedelta(microseconds=1)


class Due(NamedTuple):
    """On time iff t ≤ the limit: equality is on time (RULEBOOK D.6.3)."""

    acknowledge: datetime
    contact: datetime
    result: datetime


def due(policy: Policy, urgency: Urgency, dispatched_at: datetime) -> Due:
    """When a dispatch must be acknowledged, contacted and answered (RULEBOOK D.4, D.6.3)."""
    limits = policy.limits[urgency]
    return Due(
        *(
            after(policy.clock, dispatched_at, limit)
            for limit in (limits.acknowledge, limits.contact, limits.result)
        )
    )


def after(clock: Clock, start: datetime, limit: timedelta) -> datetime:
    """A limit of several whole days is a day-limit: working days, or to the day's end, if so ruled.

    A limit of up to 24 hours is always so many hours.
    """
    days = limit // ONE_DAY
    if limit <= ONE_DAY or limit % ONE_DAY:
        return start + limit
    end = add_workdays(start, days) if clock.calendar == "working" else start + limit
    if clock.day_mode == "end_of_day":
        return midnight(day_of(end) + ONE_DAY) - TICK
    return end


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What of a ticket its clock depends on; `since` is when it came into its status."""

    status: Status
    urgency: Urgency
    since: datetime
    due_at: datetime | None = None
    doubted: bool = False
    office_code: str | None = None
    queue: str | None = None
    district_code: str | None = None


class Fall(NamedTuple):
    """What happens by itself once `now` is past `at`."""

    at: datetime
    action: Action


def next_fall(policy: Policy, ticket: Clockwork) -> Fall | None:
    """What falls due next, if nobody acts before (RULEBOOK T5, T7, T17, T18, T20)."""
    since, status = ticket.since, ticket.status
    if status in IN_OFFICE and ticket.due_at is not None:
        return Fall(ticket.due_at + policy.callback.force_grace, Action.FORCE_CALLBACK)
    if status is Status.REPLIED:
        return Fall(since + policy.reply.auto_pass, Action.PASS_REVIEW)
    if status is Status.NEED_INFO and ticket.urgency is not Urgency.L1:
        return Fall(since + policy.route.info_wait, Action.EXPIRE)
    if status is Status.RECEIVED:
        return Fall(since + manual_limit(policy, ticket.urgency), Action.ROUTE)
    if status is Status.AWAITING_CALLBACK and ticket.doubted:
        return Fall(since + policy.reply.auto_pass, Action.SEND_TO_REWORK)
    return None


def due_now(policy: Policy, ticket: Clockwork, now: datetime) -> Fall | None:
    """What has fallen due: only what is strictly past, for equality is on time."""
    fall = next_fall(policy, ticket)
    return fall if fall and fall.at < now else None


def manual_limit(policy: Policy, urgency: Urgency) -> timedelta:
    """How long a person of the city may take to dispatch (RULEBOOK D.5 R3)."""
    route = policy.route
    return route.manual_limit_l1 if urgency is Urgency.L1 else route.manual_limit


def district_limit(policy: Policy, urgency: Urgency) -> timedelta:
    """How long a district may take to dispatch what lies in its queue (RULEBOOK D.5 R4)."""
    route = policy.route
    return route.district_limit_l1 if urgency is Urgency.L1 else route.district_limit


class Wait(NamedTuple):
    """In whose inbox a ticket lies, and by when that office is to act."""

    office_code: str | None = None
    until: datetime | None = None


def waiting(policy: Policy, ticket: Clockwork) -> Wait:
    """The lead office until its result is due; a district that must dispatch or review."""
    if ticket.status in IN_OFFICE:
        return Wait(ticket.office_code, ticket.due_at)
    if ticket.status is Status.TO_DISPATCH and ticket.queue:
        return Wait(ticket.queue, ticket.since + district_limit(policy, ticket.urgency))
    if ticket.status is Status.REPLIED and ticket.district_code:
        return Wait(ticket.district_code, ticket.since + policy.reply.auto_pass)
    return Wait()


def callback_due(policy: Policy, ticket: Clockwork) -> datetime | None:
    """By when the citizen is to be called back (RULEBOOK D.9), while that is still to be done."""
    if ticket.status is not Status.AWAITING_CALLBACK or ticket.doubted:
        return None
    return ticket.since + policy.callback.start[ticket.urgency]
