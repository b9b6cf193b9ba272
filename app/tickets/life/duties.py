"""Duties: for whom a ticket waits, with what, why, since when and until when (RULEBOOK D.5, D.6.3).

A ticket waits for its lead office, for one district, and for any of the city's four desks.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.policy.documents import Policy
from app.tickets.life import alarms, objections
from app.tickets.life.alarms import Ring
from app.tickets.life.lifecycle import IN_OFFICE, Status
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers

P, S = Part, Status

DESK_COLUMNS = {
    P.DISPATCHER: "dispatch_since",
    P.CALLBACK: "callback_since",
    P.SUPERVISOR: "supervision_since",
    P.PANEL: "panel_since",
}
"""The city's desks, with the columns of a ticket that say since when it waits for each."""

OVERDUE = "overdue-supervisor"
PROBLEM = "problem"


class Kind(StrEnum):
    """What a ticket is to whom it waits for."""

    LEAD = "lead"
    DISPATCH = "dispatch"
    REVIEW = "review"
    OBJECTION = "objection"
    CONSULTING = "consulting"
    EXTENSION = "extension"
    HOLD = "hold"
    CALLBACK = "callback"
    RELAY = "relay"
    JOINT = "joint"
    SUPERVISION = "supervision"
    ADVICE = "advice"
    DISPUTE = "dispute"
    EXCLUSION = "exclusion"
    ALARM = "alarm"


class Duty(NamedTuple):
    """`because` is the newest alarm that rings for whom it waits, or else the step awaited."""

    kind: Kind
    because: str
    since: datetime
    until: datetime | None


TO_DO = {
    S.DISPATCHED: "acknowledge",
    S.ACKNOWLEDGED: "contact",
    S.IN_PROGRESS: "reply",
    S.OBJECTED: "objection",
    S.CONSULTING: "consulting",
    S.REWORK: "rework",
    S.ON_HOLD: "hold",
}
"""What a lead office has to do, or awaits."""


def duty(policy: Policy, ticket: Timers, part: Part) -> Duty | None:
    """Of the lead office (CHIEF), of its district, or of a desk of the city."""
    if part is P.CHIEF:
        return of_lead(policy, ticket)
    if part is P.DISTRICT:
        return of_district(policy, ticket)
    return at_desks(policy, ticket).get(part)


def of_lead(policy: Policy, ticket: Timers) -> Duty | None:
    """Until the result is due, or the hold is reviewed."""
    if ticket.status not in TO_DO:
        return None
    until = ticket.review_at if ticket.status is S.ON_HOLD else ticket.due_at
    duty = Duty(Kind.LEAD, TO_DO[ticket.status], ticket.since, until)
    return ringing(duty, alarms.rung(policy, ticket), P.CHIEF)


def of_district(policy: Policy, ticket: Timers) -> Duty | None:
    """Of several duties the most pressing."""
    if alarms.district(ticket) is None:
        return None
    rung = alarms.rung(policy, ticket)
    every = (*district_steps(policy, ticket), *rings_for(rung, P.DISTRICT))
    pressing = min(every, key=lambda duty: duty.until or ticket.since, default=None)
    return pressing and ringing(pressing, rung, P.DISTRICT)


def district_steps(policy: Policy, ticket: Timers) -> Iterator[Duty]:
    """A district dispatches from its queue, reviews, rules within itself, decides."""
    since = ticket.since
    if ticket.status is S.TO_DISPATCH:
        until = since + alarms.district_limit(policy, ticket.urgency)
        yield Duty(Kind.DISPATCH, "queue", since, until)
    if ticket.status is S.REPLIED:
        yield Duty(Kind.REVIEW, "replied", since, since + policy.reply.auto_pass)
    if ticket.status is S.OBJECTED and ticket.objection_district:
        until = objections.silent_at(policy, ticket.urgency, since)
        yield Duty(Kind.OBJECTION, "objected", since, until)
    yield from decisions(ticket, P.DISTRICT)


def decisions(ticket: Timers, part: Part) -> Iterator[Duty]:
    if ticket.asks_extension is part:
        yield Duty(Kind.EXTENSION, "extension", ticket.since, ticket.due_at)
    if ticket.asks_hold is part:
        yield Duty(Kind.HOLD, "hold", ticket.since, ticket.review_at or ticket.due_at)


def at_desks(policy: Policy, ticket: Timers) -> Mapping[Part, Duty]:
    """The duties of the city's desks: of each its own step, or else an alarm."""
    rung = alarms.rung(policy, ticket)
    steps = dict(reversed(list(desk_steps(policy, ticket))))
    duties: dict[Part, Duty] = {}
    for desk in DESK_COLUMNS:
        step = steps.get(desk) or next(rings_for(rung, desk), None)
        if step:
            duties[desk] = ringing(step, rung, desk)
    return duties


def desk_steps(policy: Policy, ticket: Timers) -> Iterator[tuple[Part, Duty]]:
    """What each desk has to do, without alarms; of several steps of a desk the first counts."""
    since = ticket.since
    if ticket.status is S.TO_DISPATCH and not ticket.queue:
        until = since + alarms.manual_limit(policy, ticket.urgency)
        yield P.DISPATCHER, Duty(Kind.DISPATCH, "to_dispatch", since, until)
    if ticket.status is S.OBJECTED and not ticket.objection_district:
        until = objections.silent_at(policy, ticket.urgency, since)
        yield P.DISPATCHER, Duty(Kind.OBJECTION, "objected", since, until)
    if ticket.status is S.CONSULTING:
        until = since + policy.objection.consult_limit
        yield P.PANEL, Duty(Kind.CONSULTING, "consulting", since, until)
    for duty in callback_steps(ticket):
        yield P.CALLBACK, duty
    for duty in supervisor_steps(policy, ticket):
        yield P.SUPERVISOR, duty


def callback_steps(ticket: Timers) -> Iterator[Duty]:
    """The citizen is called back; what an office may not tell him is passed on (D.6.4)."""
    if ticket.callback_due_at is not None:
        due_at = ticket.callback_due_at
        yield Duty(Kind.CALLBACK, "awaiting_callback", ticket.calls_begin, due_at)
    if ticket.relay_asked_at is not None:
        yield Duty(Kind.RELAY, "relay", ticket.relay_asked_at, None)


def supervisor_steps(policy: Policy, ticket: Timers) -> Iterator[Duty]:
    """A supervisor stands in for the district where there is none."""
    if ticket.status is S.AWAITING_CALLBACK and ticket.doubted:
        until = ticket.since + policy.reply.auto_pass
        yield Duty(Kind.REVIEW, "doubted", ticket.since, until)
    yield from decisions(ticket, P.SUPERVISOR)
    yield from appeals(ticket)
    if alarms.district(ticket) is None and ticket.status is not S.TO_DISPATCH:
        yield from district_steps(policy, ticket)
    unanswered = ticket.status is S.AWAITING_CALLBACK and ticket.forced and not ticket.replied_at
    if ticket.status in IN_OFFICE or unanswered:
        for name in (OVERDUE, PROBLEM):
            if name in ticket.warned:
                yield Duty(Kind.ALARM, name.partition("-")[0], ticket.since, ticket.due_at)


def appeals(ticket: Timers) -> Iterator[Duty]:
    """A disputed callback is heard again (D.9), an X3 is flagged or not (D.10)."""
    if ticket.disputed_at is not None:
        yield Duty(Kind.DISPUTE, "disputed", ticket.disputed_at, None)
    if ticket.flag_asked_at is not None:
        yield Duty(Kind.EXCLUSION, "malicious", ticket.flag_asked_at, None)


def rings_for(rung: Sequence[Ring], part: Part) -> Iterator[Duty]:
    return (Duty(Kind.ALARM, ring.alarm, ring.at, ring.at) for ring in rung if part in ring.to)


def ringing(duty: Duty, rung: Sequence[Ring], part: Part) -> Duty:
    """The duty with the newest alarm that rings for this part as its reason."""
    newest = max((ring for ring in rung if part in ring.to), key=lambda r: r.at, default=None)
    return duty._replace(because=newest.alarm) if newest else duty
