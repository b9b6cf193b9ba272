"""More time (D.6.5), and matters of months 挂账 (D.12).

Extensions are given once, after [B27]; 挂账 is for key problems [S4]. The shares are plausible, and
ours.
"""

from collections.abc import Iterator
from datetime import datetime

from app.access.roles import Role
from app.offices.catalogue import Urgency
from app.simulate.life import DAY, HOUR, Life, Step, desk
from app.simulate.requests import drawn
from app.simulate.work import contact_at
from app.tickets.acts import extension, hold
from app.tickets.acts.forms import Decision, Milestone, NewExtension, NewHold, Resumption
from app.tickets.life.contacts import contact_ok
from app.tickets.life.holds import HoldReason
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.parts import Part

ASKS_FOR_TIME = 0.025
REASONS = {"materials": 4, "contractor": 3, "weather": 2, "inspection": 1}
DAYS_ASKED = {3: 3, 5: 3, 7: 4}
UNDECIDED = 0.08
GRANTED = 0.85
NOT_TOLD = 0.07
"""Of granted extensions: void, because the citizen was not informed."""

HELD = {Urgency.L1: 0.0, Urgency.L2: 0.0, Urgency.L3: 0.004, Urgency.L4: 0.02}
WHY_HELD = {
    HoldReason.PLANNING: 3,
    HoldReason.FUNDS: 3,
    HoldReason.HISTORY: 3,
    HoldReason.LAW: 1,
}
HOLD_APPROVED = 0.88
DAYS_HELD = (14, 75)
FORGOTTEN = 0.2
"""Of holds: nobody reviews them, so they end on their day and escalate."""

FATES = {"done": 60, "renewed": 25, "undone": 15}


def ask_time(life: Life) -> Iterator[Step]:
    """The office asks for more time before the ticket is due."""
    ticket, policy = life.ticket, life.change.policy
    due_at = ticket.due_at
    may = ticket.urgency in policy.extension.levels and not ticket.extensions
    if due_at is None or not may or not life.seldom(ASKS_FOR_TIME):
        return
    life.slow = True
    body = NewExtension(
        reason_code=drawn(life.asked.chance, REASONS),
        plan="配件到货后安排施工。",
        due_at=due_at + drawn(life.asked.chance, DAYS_ASKED) * DAY,
    )
    yield Step(
        life.after(life.left(), 3, 4),
        life.handler(),
        Action.REQUEST_EXTENSION,
        extension.request,
        body,
        lambda: life.ticket.due_at == due_at,
        extension.check_until,
    )


def decide_time(life: Life, body: NewExtension) -> Iterator[Step]:
    if life.seldom(UNDECIDED):
        return
    district = life.ticket.district_code if life.ticket.asks_extension is Part.DISTRICT else None
    word = Decision(approve=life.likely(GRANTED), text="已核实申请理由。")
    at = life.after(min(life.left(), 2 * DAY))
    who = life.district(district)
    yield Step(at, who, Action.DECIDE_EXTENSION, extension.decide, word)


def tell(life: Life, body: Decision) -> Iterator[Step]:
    """The office informs the citizen of an extension before the old due time."""
    until = life.ticket.extended_from
    if body.approve and until and not life.seldom(NOT_TOLD):
        yield contact_at(life, life.after(min(max(until - life.now, HOUR), DAY)))


def ask_hold(life: Life) -> Iterator[Step]:
    """T22: planning, funds, law or history prevent the work; asked only after a contact."""
    if life.seldom(HELD[life.ticket.urgency]):
        life.slow = True
        at = life.after(life.left(), 2, 4)
        still = life.is_open(Status.IN_PROGRESS, Status.REWORK)
        yield asking(life, at)._replace(still=lambda: still() and responded(life))


def asking(life: Life, at: datetime) -> Step:
    """A request for a hold or its renewal, with a plan."""
    review_at = at + life.asked.chance.randint(*DAYS_HELD) * DAY
    body = NewHold(
        reason_code=drawn(life.asked.chance, WHY_HELD),
        plan="列入改造计划，分步实施。",
        review_at=review_at,
        milestones=[Milestone(at=at + (review_at - at) / 2, text="完成立项。")],
    )
    return Step(
        at, life.handler(), Action.REQUEST_HOLD, hold.request, body, check=hold.check_review
    )


def responded(life: Life) -> bool:
    lead, policy = life.change.lead, life.change.policy
    due_at = lead.contact_due_at if lead else None
    made = life.change.contacts()
    return due_at is not None and contact_ok(policy, life.ticket.urgency, due_at, made)


def decide_hold(life: Life, body: NewHold | Decision) -> Iterator[Step]:
    """The district's word, then a supervisor's; some requests stay undecided."""
    asked = life.ticket.asks_hold
    if asked is None or life.likely(UNDECIDED):
        return
    district = life.ticket.district_code if asked is Part.DISTRICT else None
    word = Decision(approve=life.likely(HOLD_APPROVED), text="已书面告知诉求人。")
    at = life.after(2 * DAY, 2, 3)
    yield Step(at, life.district(district), Action.DECIDE_HOLD, hold.decide, word)


def on_hold(life: Life) -> Step | None:
    """T23: the hold is done before its day, given up, renewed, or forgotten."""
    ticket, most = life.ticket, life.change.policy.hold.max_renew
    if ticket.review_at is None or ticket.asks_hold:
        return None
    at = life.after(max(ticket.review_at - life.now, HOUR), 4, 1.5)
    fate = drawn(life.asked.chance, FATES)
    if life.seldom(FORGOTTEN) or (fate == "renewed" and ticket.renewals >= most):
        return None
    if fate == "renewed":
        return asking(life, at)
    body = Resumption(done=fate == "done", text="已现场核实。")
    return Step(at, desk(Role.SUPERVISOR), Action.RESUME, hold.resume, body)
