"""Alarms: what waits for too long rings, once for each wait, for those who must act (D.6.3).

An alarm rings in steps: first for those whose turn it is, later for those above them. A step has
rung when its name stands in the ticket's warnings; it rings on while its wait lasts.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.kit.messages import worded
from app.kit.workdays import times
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.tickets.life import objections
from app.tickets.life.lifecycle import IN_OFFICE, OPEN, Action, Status
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers

P, S = Part, Status

URGENT = frozenset({Urgency.L1, Urgency.L2})


@worded
class Alarm(StrEnum):
    UNSIGNED = "unsigned"
    UNCONTACTED = "uncontacted"
    UNDISPATCHED = "undispatched"
    UNPLACED = "unplaced"
    NOT_HANDED_ON = "not-handed-on"
    UNCALLED = "uncalled"
    UNREVIEWED = "unreviewed"
    UNRULED = "unruled"
    UNCONCLUDED = "unconcluded"
    UNRELAYED = "unrelayed"
    UNANSWERED = "unanswered"
    UNANSWERED_ADVICE = "unanswered-advice"
    POSSIBLE_DANGER = "possible-danger"


A = Alarm

OF_ITS_STATUS = frozenset(
    {A.UNDISPATCHED, A.UNPLACED, A.UNCALLED, A.UNREVIEWED, A.UNRULED, A.UNCONCLUDED}
)
"""Their wait begins anew with each status."""

OF_ITS_DISPATCH = frozenset({A.UNSIGNED, A.UNCONTACTED})
"""Their wait begins anew with each lead office."""


LOOKS = frozenset(
    {
        Action.ASK,
        Action.CORRECT,
        Action.DISPATCH,
        Action.GRADE,
        Action.HAND_ON,
        Action.MERGE,
        Action.NOTE,
    }
)
"""Acts by which somebody of the city shows that he has looked whether a danger is meant."""

LOOKERS = frozenset({P.OPERATOR, P.DISPATCHER, P.SUPERVISOR})


class Ring(NamedTuple):
    """A step of an alarm: it rings once the instant is past, for these parts."""

    at: datetime
    alarm: Alarm
    to: tuple[Part, ...]
    step: int = 1

    @property
    def name(self) -> str:
        return self.alarm if self.step == 1 else f"{self.alarm}-{self.step}"


def rings(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    """Every step of the alarms of the waits that last, rung or not."""
    return (for_somebody(ring, ticket) for ring in waits(policy, ticket))


def for_somebody(ring: Ring, ticket: Timers) -> Ring:
    """Where there is no district, a supervisor stands in."""
    if district(ticket) or P.DISTRICT not in ring.to:
        return ring
    stands_in = (P.SUPERVISOR if part is P.DISTRICT else part for part in ring.to)
    return ring._replace(to=tuple(dict.fromkeys(stands_in)))


def district(ticket: Timers) -> str | None:
    """The district whose turn it is, if it is a district's."""
    if ticket.status is S.TO_DISPATCH:
        return ticket.queue
    if ticket.status is S.OBJECTED and ticket.objection_district:
        return ticket.objection_district
    return ticket.district_code


def waits(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    if ticket.status in IN_OFFICE:
        yield from of_office(policy, ticket)
    if ticket.status in OF_STATUS:
        yield from OF_STATUS[ticket.status](policy, ticket)
    if ticket.relay_asked_at is not None:
        yield from unrelayed(policy, ticket, ticket.relay_asked_at)
    if ticket.danger_asked_at is not None and ticket.status in OPEN:
        yield from asked_about(policy, ticket.danger_asked_at)
    unrescued = ticket.rescue and ticket.handed_on_at is None
    if unrescued and ticket.urgency is Urgency.L1 and ticket.status in OPEN:
        at = (ticket.received_at or ticket.since) + policy.alarm.hand_on
        yield Ring(at, A.NOT_HANDED_ON, (P.DISPATCHER,))


def asked_about(policy: Policy, asked_at: datetime) -> Iterator[Ring]:
    """A danger may be meant, and nobody who could ask was on the line (D.4)."""
    yield Ring(asked_at, A.POSSIBLE_DANGER, (P.DISPATCHER,))
    yield Ring(asked_at + policy.route.manual_limit, A.POSSIBLE_DANGER, (P.SUPERVISOR,), 2)


def missed(ticket: Timers, at: datetime, of_city: bool) -> Ring:
    """A supervision 督办 without its answer in time; of the city's the supervisor is told, too."""
    to, step = ((P.DISTRICT, P.SUPERVISOR), 2) if of_city else ((P.DISTRICT,), 1)
    return for_somebody(Ring(at, A.UNANSWERED, to, step), ticket)


def unadvised(at: datetime) -> Ring:
    """A street's advice 建议 without its answer in time, also of a ticket that has ended."""
    return Ring(at, A.UNANSWERED_ADVICE, (P.SUPERVISOR,))


def rung(policy: Policy, ticket: Timers) -> list[Ring]:
    """The steps that have rung, and whose wait lasts."""
    if not ticket.warned:
        return []
    every = [*rings(policy, ticket), unadvised(ticket.since)]
    if ticket.status in OPEN:
        every += (missed(ticket, ticket.since, of_city) for of_city in (False, True))
    return [ring for ring in every if ring.name in ticket.warned]


def of_office(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    limits = policy.limits[ticket.urgency]
    if ticket.status is S.DISPATCHED and ticket.acknowledge_due_at:
        yield from at_office(A.UNSIGNED, ticket, ticket.acknowledge_due_at, limits.acknowledge)
    if ticket.contacted_at is None and ticket.contact_due_at:
        yield from at_office(A.UNCONTACTED, ticket, ticket.contact_due_at, limits.contact)


def at_office(alarm: Alarm, ticket: Timers, due_at: datetime, limit: timedelta) -> Iterator[Ring]:
    """The chief at once, the district at twice the limit; of what is urgent both at once, and the
    dispatcher."""
    if ticket.urgency in URGENT:
        yield Ring(due_at, alarm, (P.CHIEF, P.DISTRICT, P.DISPATCHER))
    else:
        yield Ring(due_at, alarm, (P.CHIEF,))
        yield Ring(due_at + limit, alarm, (P.DISTRICT,), 2)


def undispatched(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    """In a district's queue the district is told, too."""
    if ticket.queue:
        limit = district_limit(policy, ticket.urgency)
        return at_desk(policy, A.UNDISPATCHED, ticket.since, limit, P.DISTRICT, P.DISPATCHER)
    limit = manual_limit(policy, ticket.urgency)
    return at_desk(policy, A.UNDISPATCHED, ticket.since, limit, P.DISPATCHER)


def unplaced(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    if ticket.urgency in URGENT:
        yield Ring(ticket.since, A.UNPLACED, (P.DISPATCHER,))


def unreviewed(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    limit = policy.alarm.review[ticket.urgency]
    return at_desk(policy, A.UNREVIEWED, ticket.since, limit, P.DISTRICT)


def unruled(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    """Within a district its centre was to rule; from the limit on the dispatcher may, too."""
    silent_at = objections.silent_at(policy, ticket.urgency, ticket.since)
    inside = (P.DISTRICT,) if ticket.objection_district else ()
    yield Ring(silent_at, A.UNRULED, (*inside, P.DISPATCHER))
    rejected_at = objections.rejected_at(policy, ticket.urgency, ticket.since)
    yield Ring(rejected_at, A.UNRULED, (P.SUPERVISOR,), 2)


def unconcluded(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    return at_desk(policy, A.UNCONCLUDED, ticket.since, policy.objection.consult_limit, P.PANEL)


def unrelayed(policy: Policy, ticket: Timers, asked_at: datetime) -> Iterator[Ring]:
    """An office's text for a citizen whom only the hotline knows (D.6.4)."""
    return at_desk(policy, A.UNRELAYED, asked_at, policy.alarm.relay[ticket.urgency], P.CALLBACK)


def uncalled(policy: Policy, ticket: Timers) -> Iterator[Ring]:
    """Of a member of a group, too: each citizen is called. What was begun in time and is not
    finished in time (D.9) rings once more."""
    due_at = ticket.callback_due_at
    if due_at is None:
        return
    if ticket.callback_begun:
        over_at = ticket.calls_begin + policy.callback.within
        yield Ring(over_at, A.UNCALLED, (P.CALLBACK, P.SUPERVISOR), 3)
        return
    yield Ring(due_at, A.UNCALLED, (P.CALLBACK,))
    yield Ring(due_at + policy.alarm.uncalled, A.UNCALLED, (P.SUPERVISOR,), 2)


def at_desk(
    policy: Policy, alarm: Alarm, since: datetime, limit: timedelta, *first: Part
) -> Iterator[Ring]:
    """Those whose turn it is at the limit, the supervisor at a multiple of it."""
    yield Ring(since + limit, alarm, first)
    yield Ring(since + times(limit, policy.alarm.factor), alarm, (P.SUPERVISOR,), 2)


OF_STATUS = {
    S.TO_DISPATCH: undispatched,
    S.NEED_INFO: unplaced,
    S.REPLIED: unreviewed,
    S.OBJECTED: unruled,
    S.CONSULTING: unconcluded,
    S.AWAITING_CALLBACK: uncalled,
    S.MERGED: uncalled,
}


def manual_limit(policy: Policy, urgency: Urgency) -> timedelta:
    """The city's limit to dispatch by hand (RULEBOOK D.5 R3)."""
    route = policy.route
    return route.manual_limit_l1 if urgency is Urgency.L1 else route.manual_limit


def district_limit(policy: Policy, urgency: Urgency) -> timedelta:
    """A district's limit to dispatch from its queue (RULEBOOK D.5 R4)."""
    route = policy.route
    return route.district_limit_l1 if urgency is Urgency.L1 else route.district_limit


def lasting(warned: Sequence[str], ended: Collection[Alarm]) -> list[str]:
    """The warnings without those of the alarms whose wait is over."""
    return [name for name in warned if alarm_of(name) not in ended]


def of_alarms(warned: Sequence[str]) -> list[str]:
    return [name for name in warned if alarm_of(name) is not None]


def alarm_of(name: str) -> Alarm | None:
    """Of a step's name, such as `unsigned-2`; None of another warning's."""
    alarm, _, step = name.rpartition("-")
    return BY_NAME.get(alarm if step.isdecimal() else name)


BY_NAME = {str(alarm): alarm for alarm in Alarm}
