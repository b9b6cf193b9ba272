"""Acts of the hotline's desks and of districts: their effects on a ticket, beside each move in
MOVES (RULEBOOK D.6.2).

Each function takes a checked `Change` and the request's body.
"""

from itertools import chain

from sqlalchemy import or_, select

from app.feed import service as feed
from app.kit.messages import Message
from app.routing.decision import Decision, DecisionKind
from app.tickets import citizens, wording
from app.tickets.acts import urgency, whereabouts
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch as dispatching
from app.tickets.acts.dispatching import teaching
from app.tickets.acts.forms import (
    Add,
    Decline,
    DeclineReason,
    HandOn,
    NewDispatch,
    Reason,
    Review,
    Transfer,
    Withdrawal,
    Words,
)
from app.tickets.event_data import (
    Added,
    Declined,
    EndReason,
    Returned,
    Reviewed,
    Transferred,
    Withdrawn,
)
from app.tickets.life.guards import NotYourPart, TicketFull
from app.tickets.life.lifecycle import AT_A_DESK, Action, IllegalMove, Status
from app.tickets.life.parts import Part
from app.tickets.models import Request, Ticket

GRAVE = frozenset({DeclineReason.NA_UNLAWFUL, DeclineReason.NA_MALICIOUS})


def answer(change: Change, body: Words) -> None:
    """T2: an enquiry or a praise, answered on the spot."""
    change.record(Action.ANSWER, words={"text": body.text})


def transfer(change: Change, body: Transfer) -> None:
    """T3: to 110, 119, 120 or 122, at once; an office that has it is released."""
    dispatching.end(change, EndReason.TRANSFERRED)
    data = Transferred(service=body.service)
    change.record(Action.TRANSFER, data=data, words={"text": body.text})


def hand_on(change: Change, body: HandOn) -> None:
    """T3b 并行转办: a service is told, too; status and clock stay."""
    ticket = change.ticket
    ticket.handed_on_at = ticket.handed_on_at or change.now
    data = Transferred(service=body.service)
    change.record(Action.HAND_ON, ticket.status, data=data, words={"text": body.text})


def decline(change: Change, body: Decline) -> None:
    """T4: not accepted; an office that has it is released."""
    dispatching.end(change, EndReason.NOT_ACCEPTED)
    data = Declined(reason_code=body.reason_code)
    change.record(Action.DECLINE, data=data, words={"text": body.text})


def ask(change: Change, body: Words) -> None:
    """T5: the caller must tell more before an office can be found. His time runs from the last
    question."""
    change.record(Action.ASK, words={"text": body.text})
    change.ticket.queue, change.ticket.asked_at = None, change.now
    change.set_timers()


def give_back(change: Change, body: Words) -> None:
    """D.5 6b: a district returns another district's request to the city's dispatcher."""
    ticket, queue = change.ticket, change.ticket.queue
    assert queue is not None  # the guard of RETURN
    ticket.queue = None
    change.record(Action.RETURN, data=Returned(queue=queue), words={"text": body.text})


def add(change: Change, body: Add) -> None:
    """T5, then T6 or T7: the citizen adds information, and what has no office yet is routed again.
    Refuses (IllegalMove) the address of a ticket that an office has: that is corrected; and
    TicketFull."""
    ticket, request = change.ticket, change.session.get_one(Request, change.ticket.number)
    if body.text:
        check_length(change, request, body.text)
        request.content = f"{request.content}\n{body.text}"
        urgency.heed(change, body.text)
    words = {"text": body.text, "address": body.address and body.address.text}
    if ticket.status not in AT_A_DESK:
        if body.address:
            raise IllegalMove(Message("an office has it: its address is corrected, not added"))
        data = Added(**dispatching.place(ticket), request_hash=wording.renewed(request))
        change.record(Action.ADD, ticket.status, data=data, words=words)
        return
    before, decision = ticket.status, whereabouts.find(change, request, body)
    if decision:
        ticket.queue = decision.queue
    data = Added(**dispatching.place(ticket), request_hash=wording.renewed(request))
    change.record(Action.ADD, data=data, words=words)
    if decision and is_routed(change, body, before, decision):
        dispatching.route(change, decision)


def check_length(change: Change, request: Request, text: str) -> None:
    """Refuses (TicketFull) a text for which the ticket has no room left."""
    most = change.policy.ticket.content
    left = max(most - len(request.content) - 1, 0)
    if len(text) > left:
        detail = Message("{left} of {most} characters are left", left=left, most=most)
        raise TicketFull(detail, most=most, left=left)


def is_routed(change: Change, body: Add, before: Status, decision: Decision) -> bool:
    """An enquiry waits for its answer; what a dispatcher has leaves him for an office only; what
    the operator holds is held until he learns the address."""
    if before is Status.TO_DISPATCH:
        return decision.decision is DecisionKind.DISPATCH
    is_told = before is Status.NEED_INFO or body.address is not None
    return is_told and change.ticket.type not in dispatching.ENQUIRIES


def dispatch(change: Change, body: NewDispatch) -> None:
    """T7, T7b: a person names the lead office; the former offices are released."""
    former_lead = change.ticket.office_code
    dispatching.by_person(change, body.office_code, body.joint_office_codes)
    teaching.correct(change, former_lead, body.office_code)
    change.record(Action.DISPATCH, data=dispatching.given(change), words={"reason": body.reason})


def review(change: Change, body: Review) -> None:
    """T16, T17 on a reply; T19, T20 where a callback called the demand unreasonable."""
    to = doubt(change, body) if change.ticket.doubted else verdict(change, body)
    data = Reviewed(approve=body.approve)
    if not body.approve:
        change.ticket.return_seq = change.ticket.version + 1
    change.record(Action.REVIEW, to, data=data, words={"text": body.text})


def verdict(change: Change, body: Review) -> Status:
    ticket, most = change.ticket, change.policy.reply.max_returns
    if body.approve:
        return Status.AWAITING_CALLBACK
    if ticket.returns >= most:
        raise IllegalMove(Message("a reply is returned at most {most} times", most=most))
    ticket.returns += 1
    return Status.IN_PROGRESS


def doubt(change: Change, body: Review) -> Status:
    """A supervisor confirms that the demand is unreasonable, or sends the ticket to rework."""
    change.ticket.doubted = False
    if body.approve:
        return Status.CLOSED
    dispatching.rework(change, change.now)
    return Status.REWORK


def withdraw(change: Change, body: Withdrawal) -> None:
    """T24: the citizen takes it back; `evidence` is the recording's reference."""
    change.record(
        Action.WITHDRAW,
        data=Withdrawn(after_contact=change.ticket.contacted_at is not None),
        words={"evidence": body.evidence},
    )


def void(change: Change, body: Reason) -> None:
    """T25: entered by mistake."""
    teaching.take_back(change)
    teaching.forget_category(change)
    change.record(Action.VOID, words={"reason": body.reason})


def reveal(change: Change, body: Reason) -> None:
    """Show the citizen's name and number once, on the record (RULEBOOK D.16)."""
    change.record(Action.REVEAL, change.ticket.status, words={"reason": body.reason})


def conceal(change: Change, body: Reason) -> None:
    """D.16: the citizen asks for secrecy afterwards; no office sees his name and number again,
    nor does an ordinary ticket in its inbox point to this one. Its words teach nothing any more."""
    citizens.citizen(change.session, change.ticket.number).confidential = True
    change.ticket.secret = True
    change.record(Action.CONCEAL, change.ticket.status, words={"reason": body.reason})
    teaching.forget_category(change)
    pointing = or_(
        Ticket.repeat_of == change.ticket.number, Ticket.merged_into == change.ticket.number
    )
    inboxes = select(Ticket.waits_for, Ticket.asked_of).where(pointing)
    codes = chain.from_iterable(change.session.execute(inboxes))
    feed.touch(change.session, filter(None, codes))


def check_decline(change: Change, body: Decline) -> None:
    """Only a supervisor declines a request as unlawful or malicious (RULEBOOK D.3)."""
    if body.reason_code in GRAVE and Part.SUPERVISOR not in change.parts:
        raise NotYourPart(
            Message("{reason_code} is said by a supervisor only", reason_code=body.reason_code)
        )


def check_add(change: Change, body: Add) -> None:
    if body.address:
        change.city.check_district(body.address.district_code)


def check_dispatch(change: Change, body: NewDispatch) -> None:
    """A district moves tickets within itself; across its border the city does (T7b)."""
    offices = (body.office_code, *body.joint_office_codes)
    dispatching.check_offices(change, body.office_code, body.joint_office_codes)
    if Part.DISPATCHER not in change.parts:
        dispatching.check_inside(change, change.ticket.office_code, *offices)
