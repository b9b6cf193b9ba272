"""Meanwhile: the citizen calls again, superiors change the urgency or supervise 督办.

No source gives the shares: they are plausible, and ours.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.access.roles import Role
from app.callbacks.conduct import content
from app.offices.catalogue import Urgency
from app.simulate.life import DAY, HOUR, Call, Life, Step, desk
from app.simulate.requests import again
from app.tickets.acts import handling, hotline, urgency
from app.tickets.acts import supervision as supervising
from app.tickets.acts.forms import Grading, NewSupervision, Reason, Words
from app.tickets.acts.urgency import ORDER
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import IN_OFFICE, Action, Status

CALLS_AGAIN = 0.045
AND_AGAIN = 0.3
BACK = 0.07
"""Of citizens not content with a closed matter: it comes back."""

BACK_THOUGH_CONTENT = 0.012
BACK_WITHIN = timedelta(days=35)
RAISED = 0.004
LOWERED = 0.002
HARDER = 0.004
SUPERVISED = 0.004
SUPERVISED_OVERDUE = 0.2
SUPERVISED_URGED = 0.3
CONCEALED = 0.004
ANSWERS = 0.92


def call_again(life: Life) -> Iterator[Call]:
    """The same citizen calls about the same matter while it is at work: D.7's urging."""
    if not life.ticket.anonymous and life.likely(CALLS_AGAIN):
        limit = life.change.policy.limits[life.ticket.urgency].result
        yield calling(life, limit * 1.2)


def and_again(life: Life, body: Words | None) -> Iterator[Call]:
    if life.likely(AND_AGAIN):
        yield calling(life, 20 * HOUR)


def come_back(life: Life) -> Iterator[Call]:
    """T26: the matter was closed, and comes back."""
    pleased = life.first_callback is not None and content(life.first_callback.answers)
    if not life.ticket.anonymous and life.likely(BACK_THOUGH_CONTENT if pleased else BACK):
        yield calling(life, BACK_WITHIN)


def calling(life: Life, within: timedelta) -> Call:
    at = life.after(within, 2, 3)
    return Call(at, again(life.city, life.asked, at))


def grade(life: Life) -> Iterator[Step]:
    """D.4: the matter proves more urgent; or less, before an office has signed for it."""
    old = life.ticket.urgency
    place = ORDER.index(old)
    if place and life.seldom(RAISED):
        yield grading(life, Role.OPERATOR, ORDER[place - 1], life.left() / 2)
    elif old is Urgency.L2 and life.seldom(LOWERED):
        limit = life.change.policy.limits[old].acknowledge
        yield grading(life, Role.SUPERVISOR, Urgency.L3, limit / 2)


def harder(life: Life) -> Iterator[Step]:
    """D.4: L3 becomes L4, by the district, before the due time."""
    ticket = life.ticket
    if ticket.urgency is Urgency.L3 and ticket.district_code and life.seldom(HARDER):
        life.slow = True
        yield grading(life, Role.DISTRICT, Urgency.L4, life.left() * 0.9)


def grading(life: Life, role: Role, new: Urgency, within: timedelta) -> Step:
    ticket, old = life.ticket, life.ticket.urgency
    district = ticket.district_code if role is Role.DISTRICT else None
    return Step(
        life.after(within),
        life.district(district) if district else desk(role),
        Action.GRADE,
        urgency.grade,
        Grading(urgency=new, reason="经核实调整紧急程度。"),
        lambda: ticket.urgency is old and may_be(life, role),
        urgency.check_grading,
    )


def may_be(life: Life, role: Role) -> bool:
    """A supervisor lowers it only before it is signed for; a district before it is due."""
    ticket = life.ticket
    if role is Role.SUPERVISOR:
        return ticket.status is Status.DISPATCHED
    late = ticket.due_at is None or life.now > ticket.due_at
    return ticket.status in IN_OFFICE and not late


def conceal(life: Life) -> Iterator[Step]:
    """D.16: a citizen asks for secrecy afterwards."""
    ticket = life.ticket
    if not ticket.secret and life.seldom(CONCEALED):
        at, who, why = life.after(DAY), desk(Role.OPERATOR), Reason(reason="来电人要求保密。")
        yield Step(at, who, Action.CONCEAL, hotline.conceal, why, lambda: not ticket.secret)


def supervise(life: Life) -> Iterator[Step]:
    """督办: of some tickets by chance; of overdue ones before the forced callback."""
    ticket, due_at = life.ticket, life.ticket.due_at
    if life.seldom(SUPERVISED):
        yield supervision(life, life.after(life.left(), 2, 2))
    if due_at and life.likely(SUPERVISED_OVERDUE):
        at = due_at + life.asked.chance.random() * life.change.policy.callback.force_grace
        late = supervision(life, max(at, life.now))
        yield late._replace(still=lambda: ticket.due_at == due_at and ticket.status in IN_OFFICE)


def press(life: Life, body: Words | None) -> Iterator[Step]:
    """Supervision of a ticket urged more than once."""
    if life.ticket.urged > 1 and life.ticket.status in IN_OFFICE and life.likely(SUPERVISED_URGED):
        yield supervision(life, life.after(DAY))


def supervision(life: Life, at: datetime) -> Step:
    district = life.ticket.district_code if life.likely(0.7) else None
    level = SupervisionLevel.DISTRICT if district else SupervisionLevel.CITY
    return Step(
        at,
        life.district(district),
        Action.SUPERVISE,
        supervising.supervise,
        NewSupervision(
            level=level,
            reason="请说明进展。",
            answer_due_at=at + life.asked.chance.randint(1, 6) * DAY,
        ),
        lambda: life.ticket.status in IN_OFFICE,
        supervising.check_supervision,
    )


def answer(life: Life, body: NewSupervision) -> Iterator[Step]:
    """The lead office's next note; a few are late, or never come."""
    if life.likely(ANSWERS):
        at = life.after((body.answer_due_at - life.now) * 1.2, 2, 3)
        note = Words(text="已安排专人办理，进展如下。")
        yield Step(at, life.handler(), Action.NOTE, handling.note, note)
