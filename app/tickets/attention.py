"""How much attention a ticket gets: its urgency, urging 催办, and supervision 督办."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from app.feed.service import News, append
from app.kit.errors import Conflict, Invalid
from app.offices.catalogue import Urgency
from app.tickets import extending, limits
from app.tickets.asked_models import Supervision
from app.tickets.change import Change, clockwork_of
from app.tickets.event_models import Event
from app.tickets.guards import NotYourPart
from app.tickets.holding import SupervisionLevel
from app.tickets.lifecycle import Action, Status
from app.tickets.models import Ticket
from app.tickets.parts import Part
from app.tickets.schemas import Grading, NewSupervision, Words

ORDER = tuple(Urgency)
RAISERS = frozenset({Part.OPERATOR, Part.DISPATCHER, Part.SUPERVISOR})
SETTLED = frozenset({Status.REPLIED, Status.AWAITING_CALLBACK, Status.ON_HOLD})
"""An office has done its part for now: less urgent than it was it cannot become."""


class SameUrgency(Invalid):
    title = "It has that urgency already"


class TooLateToLower(Conflict):
    title = "Its urgency can no longer be lowered"


class AnswerTimePast(Invalid):
    title = "An answer is asked for by a time to come"


def grade(change: Change, said: Grading) -> None:
    """D.4: raised at any time, with the new limits from now but never later than the old ones;
    lowered before it is signed for, and to L4 with the district's word before it is due."""
    ticket, old = change.ticket, change.ticket.urgency
    if is_raised(old, said.urgency):
        hasten(change, said.urgency)
    else:
        check_lowerable(change, said.urgency)
        slow(change, said.urgency)
    data = {"from": old, "to": said.urgency}
    change.record(Action.GRADE, ticket.status, data=data, words={"reason": said.reason})


def hasten(change: Change, new: Urgency) -> None:
    """More urgent: its limits, and what ends its waiting, run from now."""
    ticket = change.ticket
    if ticket.status in (Status.RECEIVED, Status.OBJECTED):
        ticket.since = hastened(change, new)
    ticket.urgency = new
    if ticket.dispatched_at:
        set_limits(change, limits.due(change.policy, new, change.now), rises=True)


def slow(change: Change, new: Urgency) -> None:
    """Less urgent: its limits run from the dispatch; an L1's question never expired."""
    ticket = change.ticket
    if ticket.status is Status.NEED_INFO:
        ticket.since = change.now
    ticket.urgency = new
    if ticket.dispatched_at:
        set_limits(change, limits.due(change.policy, new, ticket.dispatched_at), rises=False)


def hastened(change: Change, new: Urgency) -> datetime:
    """Since when it would have waited, so that what ends its waiting comes a full new limit from
    now, yet not later than it was to come."""
    waits = replace(clockwork_of(change.ticket), since=change.now)
    before = limits.stands_until(change.policy, clockwork_of(change.ticket))
    after = limits.stands_until(change.policy, replace(waits, urgency=new))
    return min(change.now, change.now - (after - before))


def is_raised(old: Urgency, new: Urgency) -> bool:
    return ORDER.index(new) < ORDER.index(old)


def check_grading(change: Change, said: Grading) -> None:
    """Refuses NotYourPart and SameUrgency."""
    old, new, parts = change.ticket.urgency, said.urgency, change.parts
    if new is old:
        fault = {"pointer": "/urgency", "detail": f"it is {old}"}
        raise SameUrgency(errors=[fault])
    if is_raised(old, new):
        allow(bool(parts & RAISERS), "a district does not raise the urgency")
    elif Part.DISTRICT in parts:
        allow((old, new) == (Urgency.L3, Urgency.L4), "a district lowers L3 to L4 only")
    else:
        allow(Part.SUPERVISOR in parts, "only a supervisor lowers the urgency")


def check_lowerable(change: Change, new: Urgency) -> None:
    """Refuses TooLateToLower; a group stays as urgent as its most urgent member (D.11)."""
    ticket = change.ticket
    members = select(Ticket.urgency).where(Ticket.merged_into == ticket.number)
    urgent = any(is_raised(new, one) for one in change.session.scalars(members))
    too_late(urgent, "who was merged into it is more urgent")
    too_late(ticket.status in SETTLED, f"it is {ticket.status}")
    if Part.DISTRICT in change.parts:
        too_late(ticket.due_at is not None and change.now > ticket.due_at, "it is overdue")
    else:
        too_late(ticket.acknowledged_at is not None, "an office has signed for it")


def allow(right: bool, why: str) -> None:
    if not right:
        raise NotYourPart(why)


def too_late(when: bool, why: str) -> None:
    if when:
        raise TooLateToLower(why)


def set_limits(change: Change, due: limits.Due, rises: bool) -> None:
    """The more pressing of old and new where it rises, else the less pressing."""
    ticket, lead, nearer = change.ticket, change.lead, min if rises else max
    for name, at in limits.columns(due).items():
        old: datetime | None = getattr(ticket, name)
        if old is None or nearer(old, at) == old:
            continue
        if name == "due_at":
            extending.change_due(change, at, rises)
            continue
        setattr(ticket, name, at)
        if lead and not ticket.reworks:  # as of a result's: see extending.set_due
            setattr(lead, name, at)
    if ticket.due_left is not None:
        ticket.due_left = nearer(ticket.due_left, due.result - change.now)


def urge(change: Change, said: Words) -> None:
    """D.7: the citizen asks again; often enough, the district is told."""
    ticket, rule = change.ticket, change.policy.urge
    recent = change.session.scalar(
        select(func.count()).where(
            Event.ticket_number == ticket.number,
            Event.action == Action.URGE,
            Event.at >= change.now - rule.within,
        )
    )
    flagged = (recent or 0) + 1 >= rule.count
    ticket.urged += 1
    data = {"urged": ticket.urged, "flagged": flagged}
    change.record(Action.URGE, ticket.status, data=data, words={"text": said.text})
    if flagged and ticket.district_code:
        append(
            change.session,
            [News(ticket.district_code, change.now, "urged_often", ticket.number, data=data)],
        )


def supervise(change: Change, said: NewSupervision) -> None:
    """督办: an answer is asked for; the status stays."""
    ticket = change.ticket
    ticket.supervised = True
    ticket.answer_due_at = min(ticket.answer_due_at or said.answer_due_at, said.answer_due_at)
    assert change.caller is not None  # no supervision falls due by itself
    change.session.add(
        Supervision(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            level=said.level,
            issuer=change.caller.id,
            issued_at=change.now,
            answer_due_at=said.answer_due_at,
        )
    )
    data = {"level": said.level, "answer_due_at": said.answer_due_at.isoformat()}
    change.record(Action.SUPERVISE, ticket.status, data=data, words={"reason": said.reason})


def check_supervision(change: Change, said: NewSupervision) -> None:
    """Refuses NotYourPart and AnswerTimePast."""
    if said.level is SupervisionLevel.CITY:
        allow(Part.SUPERVISOR in change.parts, "a district supervises at its own level")
    if said.answer_due_at <= change.now:
        fault = {"pointer": "/answer_due_at", "detail": "must lie ahead"}
        raise AnswerTimePast(errors=[fault])


def answer_supervision(change: Change) -> None:
    """The lead office's next note answers what is open."""
    for one in unanswered(change):
        one.answered_at, one.answer_seq = change.now, change.ticket.version + 1
    change.ticket.supervised, change.ticket.answer_due_at = False, None


def pass_over(change: Change, due_at: datetime) -> SupervisionLevel:
    """Nobody answered by then: the next one asked for is awaited. Whose level was not answered."""
    asked = unanswered(change)
    later = (one.answer_due_at for one in asked if one.answer_due_at > due_at)
    change.ticket.answer_due_at = min(later, default=None)
    levels = {one.level for one in asked if one.answer_due_at == due_at}
    return SupervisionLevel.CITY if SupervisionLevel.CITY in levels else SupervisionLevel.DISTRICT


def unanswered(change: Change) -> Sequence[Supervision]:
    query = select(Supervision).where(
        Supervision.ticket_number == change.ticket.number, Supervision.answered_at.is_(None)
    )
    return change.session.scalars(query).all()
