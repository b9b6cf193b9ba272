"""What each action does to a ticket, beside the move that MOVES names (RULEBOOK D.6.2).

Each function takes a `Change`, in which the caller's part is settled, and what the caller said.
"""

from app.kit.errors import Invalid
from app.tickets.acts import dispatch as dispatching
from app.tickets.acts import teaching
from app.tickets.acts.change import Change
from app.tickets.acts.forms import (
    Add,
    Decline,
    DeclineReason,
    NewDispatch,
    NewReply,
    Nothing,
    Reason,
    Review,
    Transfer,
    Withdrawal,
    Words,
)
from app.tickets.acts.supervision import answer_supervision
from app.tickets.event_data import Declined, Placed, Replied, Reviewed, Transferred, Withdrawn
from app.tickets.life import contacts
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action, IllegalMove, Status
from app.tickets.life.parts import Part
from app.tickets.models import Request

GRAVE = frozenset({DeclineReason.NA_UNLAWFUL, DeclineReason.NA_MALICIOUS})


class FeedbackMissing(Invalid):
    title = "A reply answers the citizen and the hotline"


def answer(change: Change, said: Words) -> None:
    """T2: an enquiry or a praise, answered on the spot."""
    change.record(Action.ANSWER, words={"text": said.text})


def transfer(change: Change, said: Transfer) -> None:
    """T3: to 110, 119, 120 or 122, at once."""
    change.record(
        Action.TRANSFER, data=Transferred(service=said.service), words={"text": said.text}
    )


def decline(change: Change, said: Decline) -> None:
    """T4: not accepted."""
    data = Declined(reason_code=said.reason_code)
    change.record(Action.DECLINE, data=data, words={"text": said.text})


def ask(change: Change, said: Words) -> None:
    """T5: the caller must tell more before an office can be found."""
    change.record(Action.ASK, words={"text": said.text})
    change.ticket.queue = None


def add(change: Change, said: Add) -> None:
    """T5, then T6 or T7: what the caller told in addition, and the route found with it."""
    ticket, request = change.ticket, change.session.get_one(Request, change.ticket.number)
    if said.address:
        request.address = said.address.text
        request.said_district = said.address.district_code
        ticket.lon, ticket.lat = said.address.lon, said.address.lat
    if said.text:
        request.content = f"{request.content}\n{said.text}"
    address = said.address and said.address.text
    decision = dispatching.locate(change, request, change.now)
    words = {"text": said.text, "address": address}
    change.record(Action.ADD, data=Placed(**dispatching.place(ticket)), words=words)
    ticket.queue = decision.queue
    if ticket.type not in dispatching.ENQUIRIES:
        dispatching.route(change, decision)


def dispatch(change: Change, said: NewDispatch) -> None:
    """T7, T7b: a person names the office; whoever had the ticket is released from it."""
    former = change.ticket.office_code
    dispatching.by_person(change, said.office_code, said.joint_office_codes)
    teaching.correct(change, former, said.office_code)
    change.record(Action.DISPATCH, data=dispatching.given(change), words={"reason": said.reason})


def read(change: Change, said: Nothing) -> None:
    """签阅: the head of an office has read it."""
    for one in change.dispatches:
        if change.caller and one.office_code == change.caller.office_code:
            one.read_at = one.read_at or change.now
    change.record(Action.READ)


def acknowledge(change: Change, said: Nothing) -> None:
    """T9; who was contacted before goes on to T14. The first signature stays."""
    ticket, lead = change.ticket, change.lead
    ticket.acknowledged_at = ticket.acknowledged_at or change.now
    if lead:
        lead.acknowledged_at = ticket.acknowledged_at
    change.record(Action.ACKNOWLEDGE)
    ticket.interim_office = None
    dispatching.begin_if_contacted(change)


def note(change: Change, said: Words) -> None:
    if Part.LEAD in change.parts and change.ticket.supervised:
        answer_supervision(change)
    change.record(Action.NOTE, change.ticket.status, words={"text": said.text})


def reply(change: Change, said: NewReply) -> None:
    """T15, T21 双反馈; after a forced callback it is attached only (T18)."""
    ticket, feedback = change.ticket, said.citizen_feedback
    if ticket.replied_at is None and ticket.office_code:
        teaching.confirm(change, ticket.office_code)
    ticket.replied_at = ticket.replied_at or change.now
    after = (
        Status.AWAITING_CALLBACK if ticket.status is Status.AWAITING_CALLBACK else Status.REPLIED
    )
    change.record(
        Action.REPLY,
        after,
        data=Replied(method=feedback.method, claimed_at=feedback.at) if feedback else None,
        words={
            "text": said.text,
            "measures": said.measures,
            "person": feedback.person if feedback else None,
        },
    )
    if after is Status.REPLIED and change.policy.reply.review == "none":
        change.record(Action.PASS_REVIEW)


def excused(change: Change) -> bool:
    """Whether the citizen could not be answered, by the record."""
    made = change.contacts()
    in_vain = contacts.tried(change.policy, made) and not any(one.reached for one in made)
    return change.ticket.anonymous or in_vain


def review(change: Change, said: Review) -> None:
    """T16, T17 on a reply; T19, T20 where a callback called the demand unreasonable."""
    to = doubt(change, said) if change.ticket.doubted else verdict(change, said)
    data = Reviewed(approve=said.approve)
    change.record(Action.REVIEW, to, data=data, words={"text": said.text})


def verdict(change: Change, said: Review) -> Status:
    ticket, most = change.ticket, change.policy.reply.max_returns
    if said.approve:
        return Status.AWAITING_CALLBACK
    if ticket.returns >= most:
        raise IllegalMove(f"a reply is returned at most {most} times")
    ticket.returns += 1
    return Status.IN_PROGRESS


def doubt(change: Change, said: Review) -> Status:
    """A supervisor confirms that the demand is unreasonable, or sends the ticket to rework."""
    change.ticket.doubted = False
    if said.approve:
        return Status.CLOSED
    dispatching.rework(change, change.now)
    return Status.REWORK


def withdraw(change: Change, said: Withdrawal) -> None:
    """T24: the citizen takes it back; `evidence` is the recording's reference."""
    change.record(
        Action.WITHDRAW,
        data=Withdrawn(after_contact=change.ticket.contacted_at is not None),
        words={"evidence": said.evidence},
    )


def void(change: Change, said: Reason) -> None:
    """T25: entered by mistake."""
    teaching.take_back(change)
    change.record(Action.VOID, words={"reason": said.reason})


def reveal(change: Change, said: Reason) -> None:
    """Who called is shown once, on the record (RULEBOOK D.16)."""
    change.record(Action.REVEAL, change.ticket.status, words={"reason": said.reason})


def check_decline(change: Change, said: Decline) -> None:
    """Unlawful or malicious is for a supervisor to say (RULEBOOK D.3)."""
    if said.reason_code in GRAVE and Part.SUPERVISOR not in change.parts:
        raise NotYourPart(f"{said.reason_code} is said by a supervisor only")


def check_add(change: Change, said: Add) -> None:
    if said.address:
        change.city.check_district(said.address.district_code)


def check_dispatch(change: Change, said: NewDispatch) -> None:
    """A district moves tickets within itself; across its border the city does (T7b)."""
    offices = (said.office_code, *said.joint_office_codes)
    dispatching.check_offices(change, said.office_code, said.joint_office_codes)
    if Part.DISPATCHER not in change.parts:
        dispatching.check_inside(change, change.ticket.office_code, *offices)


def check_reply(change: Change, said: NewReply) -> None:
    """双反馈: the citizen is answered too, unless the record says why not (T15)."""
    if said.citizen_feedback is None and not excused(change):
        raise FeedbackMissing(
            "tell how the citizen was answered; only after enough failed attempts, or where the"
            " citizen is anonymous, may it be left out",
            errors=[{"pointer": "/citizen_feedback", "detail": "required"}],
        )
