"""What everyone in the imagined city does next: one plan for each status of a ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access.roles import Caller, Role
from app.callbacks import service as callbacks
from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.conduct import DISCONTENT
from app.callbacks.schemas import NewCallback
from app.kit.wire import Form
from app.kit.workdays import ONE_DAY, clock_of, day_of, midnight
from app.offices.directory import OfficeKind
from app.simulate.city import City
from app.simulate.requests import Asked, drawn
from app.tickets import actions, limits
from app.tickets.change import Change
from app.tickets.contacts import Method
from app.tickets.lifecycle import Action, Status
from app.tickets.models import Ticket
from app.tickets.schemas import (
    Add,
    CitizenFeedback,
    Decline,
    DeclineReason,
    NewAddress,
    NewContact,
    NewDispatch,
    NewReply,
    Nothing,
    Review,
    Withdrawal,
    Words,
)

ACTOR = "simulate"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

METHODS = {Method.CALL: 85, Method.VISIT: 10, Method.MESSAGE: 5}
REACHES = {Reach.REACHED: 865, Reach.UNREACHED: 110, Reach.REFUSED: 20, Reach.WRONG_NUMBER: 5}
REACHES_AGAIN = {Reach.REACHED: 45, Reach.UNREACHED: 50, Reach.REFUSED: 5}
RESOLVED = 0.72
"""Of those who were reached: 74.36 % in October 2019, 53.09 % in its January [B.4]."""

UNRESOLVED = {Resolved.UNRESOLVED: 70, Resolved.PARTLY: 25, Resolved.NO_ANSWER: 5}
PLEASED = {
    Satisfied.VERY: 34,
    Satisfied.SATISFIED: 46,
    Satisfied.BASIC: 14,
    Satisfied.DISSATISFIED: 4,
    Satisfied.VERY_DISSATISFIED: 1,
    Satisfied.NO_ANSWER: 1,
}
DISPLEASED = {
    Satisfied.VERY: 2,
    Satisfied.SATISFIED: 14,
    Satisfied.BASIC: 40,
    Satisfied.DISSATISFIED: 30,
    Satisfied.VERY_DISSATISFIED: 11,
    Satisfied.NO_ANSWER: 3,
}
"""So that about 84 in 100 are satisfied: 64.61 % to 87.26 % over 2019 [B.4]."""

SERVED = {Contacted.YES: 970, Contacted.UNSURE: 24, Contacted.NO: 6}
LEFT_ALONE = {Contacted.YES: 15, Contacted.UNSURE: 25, Contacted.NO: 60}


class Step(NamedTuple):
    """Something that someone is going to do."""

    at: datetime
    who: Caller
    action: Action
    perform: Callable[[Change, Any], object]
    said: Form


@dataclass
class Life:
    """One ticket's way through the city, with what its people remember."""

    asked: Asked
    change: Change
    city: City
    enquiries: int = 0
    """How often the citizen was asked for the place."""

    tries: int = 0
    """How often the office has tried to reach him."""

    calls: int = 0
    """How often he was called back, since the ticket last came to that."""

    @property
    def ticket(self) -> Ticket:
        return self.change.ticket

    @property
    def now(self) -> datetime:
        return self.change.now

    def likely(self, chance: float) -> bool:
        return self.asked.chance.random() < chance

    def after(self, span: timedelta, early: float = 1.5, late: float = 4.0) -> datetime:
        """Some time within a span, rather early than late (a beta distribution)."""
        return self.now + span * self.asked.chance.betavariate(early, late)

    def at_pace(self, start: datetime, span: timedelta, early: float, late: float) -> datetime:
        """The same at the lead office's pace, which may be too slow for it; not before now."""
        pace = self.city.quality(self.ticket.office_code or "").pace
        at = start + span * (self.asked.chance.betavariate(early, late) * pace)
        return max(at, self.now + MINUTE)

    def handler(self) -> Caller:
        """Someone of the lead office."""
        code = self.ticket.office_code or ""
        office = self.change.desk.offices[code]
        return Caller(ACTOR, Role.HANDLER, code, office.district_code)

    def step(
        self, at: datetime, role: Role, action: Action, perform: Callable[..., object], said: Form
    ) -> Step:
        """What a desk of the city does; an office's people are named by `handler`."""
        who = self.handler() if role is Role.HANDLER else Caller(ACTOR, role)
        return Step(at, who, action, perform, said)


def plan(life: Life) -> Step | None:
    """What is done next with the ticket by a person, if anything is."""
    made = PLANS.get(life.ticket.status)
    return made(life) if made else None


def answer(life: Life) -> Step | None:
    if life.likely(0.08):
        return None  # nobody answers on the spot: the clock dispatches it
    said = Words(text="已按政策口径答复来电人。")
    return life.step(life.after(9 * MINUTE), Role.OPERATOR, Action.ANSWER, actions.answer, said)


def tell_more(life: Life) -> Step | None:
    """The citizen says where it is; some never call again."""
    life.enquiries += 1
    if life.enquiries > 1 or life.likely(0.12):
        return None
    address = NewAddress(text=life.asked.home.address)
    said = Add(address=address)
    return life.step(life.after(20 * HOUR), Role.OPERATOR, Action.ADD, actions.add, said)


def by_hand(life: Life) -> Step | None:
    """A person finds the office: the queue's district within itself, else the city."""
    policy, ticket = life.change.policy, life.ticket
    span = limits.district_limit(policy, ticket.urgency) if ticket.queue else HOUR / 2
    at = life.after(span, 2, 3)
    if life.likely(0.03):
        said = Decline(reason_code=DeclineReason.NA_LEGAL_ROUTE, text="已告知通过法定途径解决。")
        return life.step(at, Role.OPERATOR, Action.DECLINE, actions.decline, said)
    code = right_office(life)
    office = life.change.desk.offices[code]
    who = Caller(ACTOR, Role.DISPATCHER)
    if ticket.queue and office.district_code == ticket.queue:
        who = Caller(ACTOR, Role.DISTRICT, ticket.queue, ticket.queue)
    given = NewDispatch(office_code=code, reason="核实地址后派单。")
    return Step(at, who, Action.DISPATCH, actions.dispatch, given)


def right_office(life: Life) -> str:
    """Whoever the catalogue names for the true place, else its street."""
    asked, desk, street = life.asked, life.change.desk, life.asked.home.street
    text = f"{asked.new.title}\n{asked.new.content}"
    duty = desk.catalogue.find(asked.new.category, text, street.code, day_of(life.now))
    code = duty.lead_code(street.district_code)
    handles = code and desk.offices[code].kind is not OfficeKind.DISTRICT_CENTRE
    return code if code and handles else street.code


def sign(life: Life) -> Step | None:
    if life.likely(0.004):
        return None  # forgotten: the citizen is called all the same, one day after the limit
    ticket, policy = life.ticket, life.change.policy
    at = life.at_pace(life.now, policy.limits[ticket.urgency].acknowledge, 1.3, 4.5)
    return life.step(at, Role.HANDLER, Action.ACKNOWLEDGE, actions.acknowledge, Nothing())


def contact(life: Life) -> Step | None:
    """The citizen is reached, mostly at once and in time; else tried again after the gap."""
    ticket, policy = life.ticket, life.change.policy
    if life.likely(0.003):
        return None
    if life.likely(0.004):
        return taken_back(life)
    limit = policy.limits[ticket.urgency].contact
    gap = policy.contact.gap[ticket.urgency]
    at = life.now + gap + life.asked.chance.random() * gap if life.tries else life.after(limit / 2)
    if not life.tries and life.likely(0.009):
        at = life.now + limit + life.asked.chance.random() * limit
    life.tries += 1
    reached = life.likely(0.9)
    said = NewContact(method=drawn(life.asked.chance, METHODS), reached=reached)
    return life.step(at, Role.HANDLER, Action.CONTACT, actions.contact, said)


def taken_back(life: Life) -> Step:
    said = Withdrawal(evidence="rec-withdrawn")
    at = life.after(10 * HOUR)
    return life.step(at, Role.OPERATOR, Action.WITHDRAW, actions.withdraw, said)


def reply(life: Life) -> Step | None:
    """The result, mostly well within the limit; some offices are late, and a few never reply."""
    ticket, policy = life.ticket, life.change.policy
    if life.likely(0.008):
        return None
    limit = policy.limits[ticket.urgency].result
    start = ticket.dispatched_at if ticket.status is Status.IN_PROGRESS else life.now
    at = life.at_pace(start or life.now, limit, 2.2, 3.6)
    said = NewReply(
        text="已到现场核实并处理，向来电人反馈办理情况。",
        citizen_feedback=CitizenFeedback(method=drawn(life.asked.chance, METHODS)),
    )
    return life.step(at, Role.HANDLER, Action.REPLY, actions.reply, said)


def review(life: Life) -> Step | None:
    """The district passes most replies, sends some back, and lets many pass in silence."""
    ticket, policy = life.ticket, life.change.policy
    if life.likely(0.35):
        return None
    back = life.likely(0.06) and ticket.returns < policy.reply.max_returns
    said = Review(approve=not back, text="请补充办理情况。" if back else None)
    code = ticket.district_code
    who = Caller(ACTOR, Role.DISTRICT, code, code) if code else Caller(ACTOR, Role.SUPERVISOR)
    at = life.after(policy.reply.auto_pass)
    return Step(at, who, Action.REVIEW, actions.review, said)


def call_back(life: Life) -> Step | None:
    """The callback desk's next attempt, in calling hours; or a supervisor's word on a doubt."""
    ticket, policy = life.ticket, life.change.policy
    if ticket.doubted:
        return confirm(life)
    life.calls = life.calls + 1 if life.now > ticket.since else 1
    at = life.now + policy.callback.gap if life.calls > 1 else life.now
    at += policy.callback.start[ticket.urgency] * life.asked.chance.betavariate(1.5, 5)
    said = answers(life)
    return life.step(in_hours(life, at), Role.CALLBACK, Action.CALLBACK, callbacks.record, said)


def in_hours(life: Life, at: datetime) -> datetime:
    """The instant itself within calling hours, else some time in the next morning."""
    window = life.change.policy.callback.window
    if window.opens <= clock_of(at) < window.closes:
        return at
    day = day_of(at) + (ONE_DAY if clock_of(at) >= window.closes else 0 * ONE_DAY)
    opens = midnight(day) + timedelta(hours=window.opens.hour, minutes=window.opens.minute)
    return opens + life.asked.chance.random() * 3 * HOUR


def confirm(life: Life) -> Step | None:
    if life.likely(0.3):
        return None
    said = Review(approve=life.likely(0.6), text="已听录音核实。")
    return life.step(life.after(20 * HOUR), Role.SUPERVISOR, Action.REVIEW, actions.review, said)


def answers(life: Life) -> NewCallback:
    chance, ticket = life.asked.chance, life.ticket
    reaches = REACHES_AGAIN if life.calls > 1 else REACHES
    reach = Reach.ANONYMOUS if ticket.anonymous else drawn(chance, reaches)
    if reach is not Reach.REACHED:
        return NewCallback(reach=reach)
    resolved = outcome(life)
    satisfied = drawn(chance, PLEASED if resolved is Resolved.RESOLVED else DISPLEASED)
    asks = resolved is Resolved.UNRESOLVED or satisfied in DISCONTENT
    return NewCallback(
        reach=reach,
        contacted=drawn(chance, SERVED if ticket.contacted_at else LEFT_ALONE),
        resolved=resolved,
        satisfied=satisfied,
        reasonable=False if asks and life.likely(0.03) else None,
    )


def outcome(life: Life) -> Resolved:
    """Resolved as the lead office is skilled; seldom where it did not even reply."""
    skill = life.city.quality(life.ticket.office_code or "").skill
    served = RESOLVED + skill if life.ticket.replied_at else 0.2
    return Resolved.RESOLVED if life.likely(served) else drawn(life.asked.chance, UNRESOLVED)


PLANS: dict[Status, Callable[[Life], Step | None]] = {
    Status.RECEIVED: answer,
    Status.NEED_INFO: tell_more,
    Status.TO_DISPATCH: by_hand,
    Status.DISPATCHED: sign,
    Status.ACKNOWLEDGED: contact,
    Status.IN_PROGRESS: reply,
    Status.REPLIED: review,
    Status.AWAITING_CALLBACK: call_back,
    Status.REWORK: reply,
}
