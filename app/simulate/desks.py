"""The city's operators and dispatchers: they answer, ask, and find the office."""

from collections.abc import Iterator
from datetime import datetime

from app.access.roles import Caller, Role
from app.city import district_of
from app.kit.workdays import day_of
from app.offices.catalogue import Duty
from app.offices.directory import STREET_KINDS, OfficeKind
from app.simulate.life import HOUR, MINUTE, Life, Step, desk
from app.simulate.requests import drawn
from app.tickets.acts import contact as contacting
from app.tickets.acts import correcting, hotline
from app.tickets.acts.forms import (
    Add,
    Correction,
    Decline,
    DeclineReason,
    EmergencyService,
    HandOn,
    NewAddress,
    NewContact,
    NewDispatch,
    Reason,
    Transfer,
    Withdrawal,
    Words,
)
from app.tickets.life import alarms
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Action

# No source gives these shares: they are plausible, and ours.
UNANSWERED = 0.08
EMERGENCY = 0.006
SERVICES = {
    EmergencyService.POLICE: 5,
    EmergencyService.FIRE: 2,
    EmergencyService.AMBULANCE: 2,
    EmergencyService.TRAFFIC: 1,
}
NEVER_TELLS = 0.12
LEFT_UNASKED = 0.05
STRAYED = 0.03
"""Share of what lies in a district's queue and is another district's (D.5 6b)."""

HANDED_ON = 0.01
MISHEARD = 0.01
ASKED_AGAIN = 0.03
NOT_ACCEPTED = 0.03
DECLINES = {
    DeclineReason.NA_LEGAL_ROUTE: 70,
    DeclineReason.NA_OUT_OF_AREA: 16,
    DeclineReason.NA_UNLAWFUL: 6,
    DeclineReason.NA_MALICIOUS: 5,
    DeclineReason.NA_SECRET: 3,
}
MISTAKEN = 0.12
"""Share of places that a person takes for the next street's."""

NOTICED = 0.08
"""Of wrong dispatches: seen by the dispatcher before the office objects (T7b)."""

ENTERED_BY_MISTAKE = 0.002
TAKEN_BACK = 0.006


def answer(life: Life) -> Step | None:
    """T2, T3: an answer on the spot; without one, the clock dispatches the ticket."""
    if life.likely(UNANSWERED):
        return None
    at, who = life.after(9 * MINUTE), desk(Role.OPERATOR)
    if life.seldom(EMERGENCY):
        called = Transfer(service=drawn(life.asked.chance, SERVICES), text="已转接紧急服务。")
        return Step(at, who, Action.TRANSFER, hotline.transfer, called)
    body = Words(text="已按政策口径答复来电人。")
    return Step(at, who, Action.ANSWER, hotline.answer, body)


def tell_more(life: Life) -> Step | None:
    """The operator asks for the place, and the citizen gives it; some never call again, and are
    called back in vain."""
    ticket, operator = life.ticket, desk(Role.OPERATOR)
    if ticket.asked_at is None and life.seldom(LEFT_UNASKED):
        return None
    if ticket.asked_at is None:
        return ask(life.after(life.change.policy.route.manual_limit / 2))
    if ticket.tried_at is not None:
        return None
    at = life.after(20 * HOUR)
    life.enquiries += 1
    if life.enquiries > 1 or life.seldom(NEVER_TELLS):
        nobody = life.asked.new.citizen.telephone is None
        called = NewContact(method=Method.MESSAGE if nobody else Method.CALL, reached=False)
        return Step(at, operator, Action.CONTACT, contacting.contact, called)
    body = Add(address=NewAddress(text=life.asked.home.address))
    return Step(at, operator, Action.ADD, hotline.add, body, check=hotline.check_add)


def ask(at: datetime) -> Step:
    body = Words(text="请说明具体位置。")
    return Step(at, desk(Role.OPERATOR), Action.ASK, hotline.ask, body)


def by_hand(life: Life) -> Step | None:
    """A person dispatches, asks back, or does not accept; a group is only dispatched."""
    policy, ticket = life.change.policy, life.ticket
    span = alarms.district_limit(policy, ticket.urgency) if ticket.queue else HOUR / 2
    at = life.after(span, 2, 3)
    if not ticket.members and life.seldom(NOT_ACCEPTED):
        return decline(life, at)
    if not ticket.members and not life.enquiries and life.seldom(ASKED_AGAIN):
        return ask(at)
    if ticket.queue and not ticket.members and life.seldom(STRAYED):
        body = Words(text="经核实不在本区。")
        return Step(at, life.district(ticket.queue), Action.RETURN, hotline.give_back, body)
    code = right_office(life)
    if life.seldom(MISTAKEN):
        code = neighbour(life, code) or code
    given = NewDispatch(office_code=code, reason="核实地址后派单。")
    return Step(
        at,
        dispatcher(life, code),
        Action.DISPATCH,
        hotline.dispatch,
        given,
        check=hotline.check_dispatch,
    )


def decline(life: Life, at: datetime) -> Step:
    reason = drawn(life.asked.chance, DECLINES)
    who = desk(Role.SUPERVISOR if reason in hotline.GRAVE else Role.OPERATOR)
    body = Decline(reason_code=reason, text="已向来电人说明不予受理的理由和其他途径。")
    return Step(at, who, Action.DECLINE, hotline.decline, body, check=hotline.check_decline)


def dispatcher(life: Life, code: str) -> Caller:
    """The district of the queue for its own offices, else the city's dispatcher."""
    queue = life.ticket.queue
    inside = queue is not None and district_of(life.change.city, code) == queue
    return life.district(queue) if inside else desk(Role.DISPATCHER)


def duty(life: Life) -> Duty:
    """The catalogue's duty for the true place."""
    asked = life.asked
    text = f"{asked.new.title}\n{asked.new.content}"
    on, catalogue = day_of(life.now), life.change.city.catalogue
    return catalogue.find(asked.new.category, text, asked.home.street.code, on)


def right_office(life: Life) -> str:
    """The catalogue's office for the true place, else its street."""
    street = life.asked.home.street
    code = duty(life).lead_code(street.district_code)
    handles = code and life.change.city.offices[code].kind is not OfficeKind.DISTRICT_CENTRE
    return code if code and handles else street.code


def is_street(life: Life, code: str | None) -> bool:
    office = life.change.city.offices.get(code or "")
    return office is not None and office.kind in STREET_KINDS


def neighbour(life: Life, code: str) -> str | None:
    """Another street of the same district, if the matter can be a street's."""
    if duty(life).department_duty or not is_street(life, code):
        return None
    district = district_of(life.change.city, code)
    others = [street.code for street in life.city.streets if street.district_code == district]
    others.remove(code)
    return life.asked.chance.choice(others) if others else None


def redispatch(life: Life) -> Iterator[Step]:
    """T7b: the city dispatches anew, or the district within itself."""
    former, code = life.ticket.office_code, right_office(life)
    if former == code or not life.seldom(NOTICED):
        return
    offices = life.change.city
    own = district_of(offices, former or "")
    inside = own is not None and own == district_of(offices, code) and life.likely(0.5)
    who = life.district(own if inside and own == life.ticket.district_code else None)
    if who.role is not Role.DISTRICT:
        who = desk(Role.DISPATCHER)
    body = NewDispatch(office_code=code, reason="派单有误，改派。")
    yield Step(
        life.after(HOUR, 2, 2),
        who,
        Action.DISPATCH,
        hotline.dispatch,
        body,
        lambda: life.ticket.office_code == former,
        hotline.check_dispatch,
    )


def hand_on(life: Life) -> Iterator[Step]:
    """T3b: a rescue service is told beside the office."""
    if life.seldom(HANDED_ON):
        body = HandOn(service=EmergencyService.FIRE, text="已同时通知。")
        yield Step(life.after(HOUR), desk(Role.OPERATOR), Action.HAND_ON, hotline.hand_on, body)


def correct(life: Life) -> Iterator[Step]:
    """D.7.1: a title that was taken down wrong."""
    if life.seldom(MISHEARD):
        body = Correction(title=f"{life.asked.new.title}（更正）", reason="听录音更正。")
        at, who = life.after(HOUR), desk(Role.OPERATOR)
        yield Step(at, who, Action.CORRECT, correcting.correct, body)


def void(life: Life) -> Iterator[Step]:
    """T25: a mistaken entry, seen within the hour."""
    if life.seldom(ENTERED_BY_MISTAKE):
        body = Reason(reason="误录入。")
        yield Step(life.after(HOUR), desk(Role.SUPERVISOR), Action.VOID, hotline.void, body)


def take_back(life: Life) -> Iterator[Step]:
    """T24: the citizen needs nobody any more."""
    if life.seldom(TAKEN_BACK):
        at = life.after(life.left() / 2)
        body = Withdrawal(evidence="rec-withdrawn")
        yield Step(at, desk(Role.OPERATOR), Action.WITHDRAW, hotline.withdraw, body)
